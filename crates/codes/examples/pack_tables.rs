//! Makes the packed tables of `crates/codes/data` from the official files. Run once a release:
//!
//! `cargo run --release -p codes --example pack_tables -- ICD10CM.csv NOTES.csv HCPCS.csv crates/codes/data`
//!
//! The inputs are unpacked text files. Writes three `.tsv.z` files and prints what was left out. Never downloads.

use std::{env, error::Error, fs, path::Path};

use codes::load::{Loaded, excludes, hcpcs, icd10cm};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [diagnoses, notes, procedures, folder] = arguments.as_slice() else {
        return Err("four paths are needed: ICD10CM.csv NOTES.csv HCPCS.csv FOLDER".into());
    };
    let diagnoses = fs::read_to_string(diagnoses)?;
    let loaded = if diagnoses.starts_with("code,") {
        icd10cm::from_merged_csv(&diagnoses)
    } else {
        icd10cm::from_order_file(&diagnoses)
    };
    write(folder, "icd10cm.tsv.z", loaded)?;
    write(folder, "icd10cm_excludes1.tsv.z", excludes::from_notes_csv(&fs::read_to_string(notes)?))?;
    write(folder, "hcpcs.tsv.z", hcpcs::from_csv(&fs::read_to_string(procedures)?))
}

fn write(folder: &str, name: &str, loaded: Loaded) -> Result<(), Box<dyn Error>> {
    println!("{name}: {} rows, {} bytes", loaded.rows, loaded.packed.len());
    loaded.problems.iter().take(20).for_each(|problem| println!("  {problem}"));
    fs::write(Path::new(folder).join(name), loaded.packed)?;
    Ok(())
}
