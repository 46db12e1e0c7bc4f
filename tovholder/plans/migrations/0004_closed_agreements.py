from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_plan_versions_and_hand_over")]

    operations = [
        migrations.AddIndex(
            model_name="agreement",
            index=models.Index(fields=["responsible", "closed_at"], name="agreement_closed"),
        ),
    ]
