//! Every front door of Tierline: web pages, the command line, imports, the demo. The one place where everything is
//! put together; what is decided is decided in `app` and `billing`.

pub mod background;
pub mod cli;
pub mod daily;
pub mod demo;
pub mod exchanging;
pub mod import;
pub mod serve;
mod table_file;
pub mod training;
pub mod web;
