from django.db import models


class Row(models.Model):
    """One of a million; `city_rows.py` makes the table."""

    name = models.CharField(max_length=80)
    place = models.CharField(max_length=80)
    at = models.DateTimeField()
    number = models.IntegerField()

    class Meta:
        managed = False
        db_table = "bench_bare"

    def __str__(self) -> str:
        return self.name
