//! schemathesis tries the API by its own description. Where it is not installed it is named and skipped, unless
//! `ACCREDIT_PEERS` asks for it.

use std::path::Path;
use std::process::Command;

use super::client::Server;
use crate::command::scratch;

/// schemathesis, where it is installed.
fn installed() -> Option<String> {
    let named = std::env::var("ACCREDIT_SCHEMATHESIS").ok();
    let usual = "target/peers/schemathesis/bin/schemathesis".to_owned();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(named.unwrap_or(usual));
    path.is_file().then(|| path.to_string_lossy().into_owned())
}

#[test]
fn schemathesis_finds_nothing_that_the_description_does_not_say() {
    let asked = std::env::var("ACCREDIT_PEERS").is_ok_and(|peers| peers.split(',').any(|peer| peer == "schemathesis"));
    let Some(schemathesis) = installed() else {
        assert!(!asked, "schemathesis is not installed: `.ci/peers schemathesis`");
        println!("skipped: schemathesis is not installed (`.ci/peers schemathesis`)");
        return;
    };
    let server = Server::start(&[]);
    let examples = std::env::var("ACCREDIT_SCHEMATHESIS_EXAMPLES").unwrap_or_else(|_| "20".to_owned());
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
                  response_schema_conformance,negative_data_rejection,unsupported_method";
    let run = Command::new(schemathesis)
        .args(["run", &format!("http://{}/openapi.json", server.address)])
        .args(["--checks", checks, "--max-examples", &examples, "--seed", "1", "--workers", "1", "--no-color"])
        .args(["--phases", "examples,coverage,fuzzing"])
        .current_dir(scratch("schemathesis", b"").parent().unwrap())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{told}{}\n{}", String::from_utf8_lossy(&run.stderr), server.log());
    assert!(told.contains("/v1/check") || told.contains("passed"), "{told}");
}
