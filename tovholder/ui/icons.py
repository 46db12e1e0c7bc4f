"""Names of the design system's icons that Tovholder uses; `scripts/icons.py` cuts the sprite from this list."""

ICONS = frozenset(
    """
    account add-document analytics arrow-back arrow-downward arrow-forward arrow-upward assignment attach-file
    bookmark bookmarks business calendar-month check checklist chevron-down chevron-left chevron-right chevron-up close
    contact-card contact-info copy delete desktop document download download-done edit email error feedback file
    file-pdf file-word flag flag-fill folder forum forward fullscreen fullscreen-exit groups help home hourglass
    how-to-reg info link list-add list-bulleted list-check location lock map menu minus more-horiz notifications
    open-in-new person person-add person-remove persons plus print refresh reply save search send settings share
    sort-ascending sort-default sort-descending star student success summary sync time tune upload view-in-list
    visibility visibility-off warning zoom-in
    """.split()
)
