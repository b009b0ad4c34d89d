//! Batches: files of requests that are validated, run line by line on the way of a client's request but behind all
//! clients, and leave files of results (`docs/decisions/0068`).

mod call;
mod ending;
mod executor;
mod faults;
mod leased;
mod line;
mod run;
mod source;
mod surfaces;
mod validation;

pub use executor::serve;
pub use faults::{BatchFault, seal_faults};
pub use surfaces::{ENDPOINTS, surface_of};

/// The place of a batch's metadata among what is sealed of it.
pub const METADATA_PLACE: &str = "metadata";
/// The place of its errors.
const ERRORS_PLACE: &str = "errors";

/// The place of a line's result.
fn line_place(line: u64) -> String {
    format!("line/{line}")
}
