//! Builds again when the Dashboard was built again; nothing else happens here.

fn main() {
    println!("cargo:rerun-if-changed=../../dashboard/dist");
    println!("cargo:rerun-if-changed=build.rs");
}
