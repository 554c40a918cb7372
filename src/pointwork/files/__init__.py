"""The files that tools may read and write: names (`paths`), opening (`beneath`), limits (`workspace`), whose
(`workspaces`), and what was sent to the server (`uploads`). Nothing else opens a file that a model has named."""

from pointwork.files.uploads import Upload, Uploads, holds_files
from pointwork.files.workspace import FileInfo, Workspace
from pointwork.files.workspaces import Workspaces

__all__ = ["FileInfo", "Upload", "Uploads", "Workspace", "Workspaces", "holds_files"]
