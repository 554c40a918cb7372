"""The files that tools may read and write: names (`paths`), opening (`beneath`), limits (`workspace`), whose
(`workspaces`), given away (`copies`), sent to the server (`uploads`). Nothing else opens a file that a model named."""

from pointwork.files.copies import copies_of
from pointwork.files.uploads import Upload, Uploads, holds_files
from pointwork.files.workspace import FileInfo, Workspace
from pointwork.files.workspaces import Workspaces

__all__ = ["FileInfo", "Upload", "Uploads", "Workspace", "Workspaces", "copies_of", "holds_files"]
