//! The layers of `src/README.md`: a module uses lower layers and its own siblings only.

use std::path::{Path, PathBuf};

/// Modules with their layer. A module of a layer may also use the siblings named for it.
const LAYERS: [(&str, u8, &[&str]); 20] = [
    ("value", 0, &[]),
    ("source", 0, &[]),
    ("diagnostic", 1, &[]),
    ("syntax", 2, &[]),
    ("program", 3, &[]),
    ("check", 3, &["program"]),
    ("facts", 3, &["program"]),
    ("plan", 4, &[]),
    ("eval", 4, &["plan"]),
    ("explain", 5, &[]),
    ("analyze", 5, &[]),
    ("advise", 5, &[]),
    ("sql", 5, &[]),
    ("report", 6, &[]),
    ("answer", 6, &["report"]),
    ("cases", 6, &["report"]),
    ("screen", 6, &["report"]),
    ("store", 6, &["answer", "report"]),
    ("serve", 7, &[]),
    ("cli", 7, &["serve"]),
];

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn modules_use_lower_layers_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    let mut wrong = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&src).unwrap().to_string_lossy().into_owned();
        if inside.contains("/tests/") {
            continue;
        }
        let module = inside.split(['/', '.']).next().unwrap();
        let Some((_, layer, siblings)) = LAYERS.iter().find(|(name, ..)| *name == module) else { continue };
        let text = std::fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let Some((_, theirs, _)) = LAYERS.iter().find(|(name, ..)| *name == used) else { continue };
                if used != module && theirs >= layer && !siblings.contains(&used.as_str()) {
                    wrong.push(format!("src/{inside}:{}: `{module}` must not use `{used}`: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short_and_begin_with_their_header() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{} has no header", file.display());
        assert!(text.lines().count() <= 1_000, "{} is longer than 1,000 lines", file.display());
    }
}
