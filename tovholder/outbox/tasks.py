"""What the worker does for the outbox."""

from __future__ import annotations

from django_tasks import task

from tovholder.outbox import delivery


@task()
def deliver(mail_id: int) -> str:
    """Try to send one mail now; what became of it is the return value."""
    return delivery.attempt(mail_id)
