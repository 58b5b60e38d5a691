"""What Word's and PowerPoint's files share: how they are opened."""

from collections.abc import Callable
from typing import BinaryIO, TypeVar

from lxml import etree

from laurels.products.study.extraction.archives import check_contents
from laurels.products.study.extraction.errors import FileBroken, FileTooLargeInside
from laurels.products.study.extraction.limits import Limits

Package = TypeVar("Package")


def open_package(open_file: Callable[[BinaryIO], Package], file: BinaryIO, limits: Limits) -> Package:
    """Open an Office file once its archive was found harmless.

    Raises:
        FileTooLargeInside: it unpacks to more than may be, or its markup doesn't fit into the memory.
        FileBroken: it is damaged, or brings a document type of its own.
    """
    check_contents(file, limits)
    file.seek(0)
    try:
        return open_file(file)
    except etree.XMLSyntaxError as error:
        raise (FileTooLargeInside if error.code == etree.ErrorTypes.ERR_NO_MEMORY else FileBroken)() from None
