"""The files that tools may read and write: names (`paths`), opening (`beneath`), limits (`workspace`), whose
(`workspaces`), given away (`copies`). Nothing else opens a file that a model or a page has named."""

from pointwork.files.copies import copies_of
from pointwork.files.workspace import FileInfo, Workspace
from pointwork.files.workspaces import Workspaces

__all__ = ["FileInfo", "Workspace", "Workspaces", "copies_of"]
