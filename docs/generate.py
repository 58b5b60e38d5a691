"""Write the documents that are made from the code: `python docs/generate.py`. Tests compare them with what is committed."""

from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
import sys
from tempfile import TemporaryDirectory

import laurels
from laurels.core.database import metadata
from laurels.core.errors import DomainError
from laurels.core.settings import Settings
from laurels.main import create_app
from laurels.web.documented import problems_page
from laurels.web.roles import roles_page, roles_table

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))  # they stand beside this file
data_model = import_module("data_model")
command_page = import_module("command_page")


def make_documents() -> dict[str, str]:
    """Each file's name and text."""
    with TemporaryDirectory() as home:
        app = create_app(Settings(_env_file=None, home=Path(home), secret_key="nothing is signed"))  # noqa: S106
        roles = roles_page(roles_table(app))
        app.state.context.database.dispose()
    for module in walk_packages(laurels.__path__, "laurels."):
        if not module.name.startswith("laurels.migrations."):
            import_module(module.name)
    ours = [error for error in DomainError.registry.values() if error.__module__.startswith("laurels.")]
    return {
        "roles.md": roles,
        "problems.md": problems_page(ours),
        "data-model.md": data_model.data_model_page(metadata),
        "cli.md": command_page.command_page(),
    }


if __name__ == "__main__":
    for name, text in make_documents().items():
        (DOCS / name).write_text(text)
