//! Adapters of the ports that `app` declares. Knows files and folders, nothing of claims or X12.

mod folder_drop;
mod mail_drop;

pub use folder_drop::FolderDrop;
pub use mail_drop::MailDrop;
