"""Composition root: the pages, the REST API and what wraps both, as one application."""

from __future__ import annotations

from omnisonic.api import create_api
from omnisonic.pages import add_pages
from omnisonic.platform.middleware import wrap
from omnisonic.platform.ui.app_frame import APP_WRAPS, HEAD, STYLESHEETS, answer_failure
from omnisonic.platform.ui.state_locks import App
from omnisonic.platform.web.lifespan import web_lifespan

app = App(
    stylesheets=list(STYLESHEETS),
    head_components=HEAD,
    html_lang="en",
    app_wraps=APP_WRAPS,
    toaster=None,
    backend_exception_handler=answer_failure,
    api_transformer=[create_api(), wrap],
)
app.register_lifespan_task(web_lifespan)
add_pages(app)
