"""Django's own form rendering, in the pattern of the design system."""

from django.forms.renderers import TemplatesSetting


class DesignSystemRenderer(TemplatesSetting):
    """FORM_RENDERER: `{{ field.as_field_group }}` and `{{ form }}` come out as dkfds form groups."""

    form_template_name = "ui/components/form.html"
    field_template_name = "ui/components/field.html"
