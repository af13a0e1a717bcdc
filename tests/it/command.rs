//! The command as a user runs it: exit codes, messages for bad input, quiet ends.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

pub fn accredit(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_accredit"))
        .args(args)
        .current_dir(std::env::temp_dir())
        .env_remove("ACCREDIT_RULES")
        .env_remove("CI")
        .env("COLUMNS", "80")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails before it reads its input closes the pipe, which is no failure of the test.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// A scratch folder of this process with one file in it.
pub fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("accredit-test-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    std::fs::write(&file, bytes).unwrap();
    file
}

const PROSPECT: &str = "as_of: 2026-03-05\naccount: {country: US, currency: USD, creation_path: agency_portal}\n";

#[test]
fn the_built_in_rules_decide_from_anywhere() {
    let (code, out, err) = said(&accredit(&["check", "-", "--format", "json"], PROSPECT));
    assert_eq!((code, err.as_str()), (0, ""));
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["schema"], 1);
    let credits = answer["decisions"].as_array().unwrap().len();
    assert_eq!(credits, 16, "every credit that is decided for the account; the others are decided per record");
    let ladder = answer["decisions"].as_array().unwrap().iter().find(|d| d["id"] == "new_advertiser_ladder").unwrap();
    assert_eq!(ladder["verdict"], "does_not_qualify");
    assert_eq!(ladder["because"], serde_json::json!(["account.creation_path"]));
}

#[test]
fn exit_codes_tell_answers_from_findings_from_bad_input() {
    let rows = [
        (vec!["check", "-"], PROSPECT, 0, "answered, whatever the verdict"),
        (vec!["check", "-", "--require", "qualifies"], PROSPECT, 1, "another verdict than required"),
        (vec!["check", "-", "--require", "qualify"], PROSPECT, 2, "no such verdict"),
        (vec!["check"], "", 2, "no document"),
        (vec!["check", "-", "--program", "new_advertiser_lader"], PROSPECT, 2, "no such program"),
        (vec!["check", "-", "--as-of", "2026-02-30"], PROSPECT, 2, "no such day"),
        (vec!["check", "-"], "account: {country: US}\n", 2, "no day"),
        (vec!["can", "auto_allocate", "-"], PROSPECT, 0, "an action"),
        (vec!["can", "-"], PROSPECT, 0, "all actions"),
        (vec!["can", "woocommerce", "-"], PROSPECT, 2, "no action"),
        (vec!["setup", "-"], PROSPECT, 0, "set-up checks"),
        (vec!["explain", "unknown-name"], "", 0, "a code"),
        (vec!["explain", "unknown-nam"], "", 2, "no code"),
        (vec!["ask"], "q\n", 0, "an interview that is left at once"),
        (vec!["ask", "--program", "woocomerce"], "", 2, "no such program"),
        (vec!["ask", "-"], "", 2, "answers and document cannot both come from standard input"),
        (vec!["programs"], "", 0, "the list"),
        (vec!["programs", "woocommerce"], "", 0, "a page"),
        (vec!["template"], "", 0, "a document to fill in"),
        (vec!["lint", "--max-age", "100000"], "", 0, "no findings, whatever the day"),
        (vec!["test"], "", 0, "all cases pass"),
        (vec!["sql", "--dialect", "postgres"], "", 0, "the rules as one query"),
        (vec!["sql", "--dialect", "spark"], "", 2, "a decision that Spark cannot say exactly"),
        (vec!["sql", "--dialect", "spark", "--without", "gmv_max_roi_protection"], "", 0, "without it"),
        (vec!["sql", "--dialect", "spark", "--view", "--program", "woocommerce"], "", 2, "a view holds no parameter"),
        (vec!["sql", "--dialect", "duckdb", "--program", "woocomerce"], "", 2, "no such program"),
        (vec!["sql", "--dialect", "duckdb", "--table", "a..b"], "", 2, "no name of a table"),
        (vec!["sql", "--dialect", "duckdb", "--records", "campains=c"], "", 2, "no such records"),
        (vec!["sql", "--dialect", "duckdb", "--as-of", "2026-02-30"], "", 2, "no such day"),
        (vec!["sql"], "", 2, "no dialect"),
        (vec!["spark"], "", 2, "no folder"),
        (vec!["completions", "bash"], "", 0, "a script"),
        (vec!["man"], "", 0, "a page"),
        (vec!["--help"], "", 0, "help"),
        (vec!["chek"], "", 2, "no such verb"),
        (vec!["check", "/", "--rules", "/nowhere"], "", 2, "no such folder"),
    ];
    for (args, input, want, why) in rows {
        let (code, out, err) = said(&accredit(&args, input));
        assert_eq!(code, want, "{args:?}: {why}\n{out}\n{err}");
        assert!(want != 2 || (!err.is_empty() && out.is_empty()), "{args:?}: {out}{err}");
    }
}

#[test]
fn bad_documents_get_a_place_and_decide_nothing() {
    let deep = format!("as_of: 2026-03-05\naccount: {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let large = format!("as_of: 2026-03-05\n# {}\n", "x".repeat(2 << 20));
    let rows = [
        ("a misspelt fact", "as_of: 2026-03-05\naccount: {contry: US}\n", "unknown-fact", "country"),
        ("a wrong word", "as_of: 2026-03-05\naccount: {creation_path: ads_manger}\n", "unknown-value", "ads_manager"),
        ("a wrong currency", "as_of: 2026-03-05\nspend: {qualifying: 250 USB}\n", "unknown-code", "USD"),
        ("no day", "account: {country: US}\n", "missing-day", "as_of"),
        ("the same key twice", "as_of: 2026-03-05\ncampaigns: [{id: a}, {id: a}]\n", "duplicate-record", "a"),
        (
            "a contradiction",
            "as_of: 2026-03-05\ncode: {activated: false, activated_on: 2026-03-01}\n",
            "contradiction",
            "activated",
        ),
        ("nothing", "", "document-empty", ""),
        ("too large", large.as_str(), "document-too-large", ""),
        ("too deep", deep.as_str(), "document-too-deep", ""),
        ("an alias", "as_of: 2026-03-05\na: &a {b: *a}\n", "document-alias", ""),
        ("a key twice", "as_of: 2026-03-05\naccount: {country: US, country: CA}\n", "duplicate-key", "country"),
        ("beyond the limits", "as_of: 2026-03-05\naccount: {failed_charges: 9999999999999999}\n", "impossible-value", ""),
    ];
    for (what, document, code, word) in rows {
        let (exit, out, err) = said(&accredit(&["check", "-"], document));
        assert_eq!((exit, out.as_str()), (2, ""), "{what}: {err}");
        assert!(err.contains(&format!("[{code}]")) && err.contains(word), "{what}: {err}");
        assert!(err.contains("nothing was decided"), "{what}: {err}");
        assert!(!err.contains("panicked"), "{what}: {err}");
    }
    let binary = scratch("binary.yaml", &[b'a', b':', 0xff, 0xfe, b'\n']);
    let (exit, _, err) = said(&accredit(&["check", binary.to_str().unwrap()], ""));
    assert!(exit == 2 && err.contains("[not-text]"), "{err}");
    let folder = binary.parent().unwrap();
    let (exit, _, err) = said(&accredit(&["check", folder.to_str().unwrap()], ""));
    assert!(exit == 2 && err.contains("is a folder"), "{err}");
}

#[test]
fn norway_seven_and_cents_stay_what_they_are() {
    let document = "as_of: 2026-03-05\naccount: {id: 007, country: NO, unpaid_balance: 1250.10 NOK}\n";
    let (code, out, err) = said(&accredit(&["check", "-", "--kind", "all", "--format", "json"], document));
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains(r#""value":"NO""#) && out.contains("1250.10 NOK"), "{out}");
    let (_, text, _) = said(&accredit(&["check", "-"], document));
    assert!(text.contains("007"), "{text}");
}

#[test]
fn nothing_that_was_asked_for_is_passed_over_in_silence() {
    let (_, listed, _) = said(&accredit(&["programs", "--format", "json"], ""));
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let titles: Vec<&str> = listed["programs"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert!(titles.len() > 70, "{} decisions", titles.len());
    for example in ["agency.yaml", "prospect.yaml"] {
        let file = format!("{}/rules/examples/{example}", env!("CARGO_MANIFEST_DIR"));
        let (code, out, err) = said(&accredit(&["check", &file, "--kind", "all", "--full"], ""));
        assert_eq!((code, err.as_str()), (0, ""), "{example}");
        let told = out.split_whitespace().collect::<Vec<_>>().join(" ");
        for title in &titles {
            assert!(told.contains(title), "{example} hears nothing of: {title}");
        }
    }
    let (_, out, _) = said(&accredit(&["check", "-", "--program", "smart_plus_offer"], PROSPECT));
    assert!(out.contains("No campaign is listed: Smart+ incentive offer"), "{out}");
}

#[test]
fn the_list_of_programs_counts_the_cases_and_shows_who_offers_what_and_where() {
    let (code, out, err) = said(&accredit(&["programs", "--format", "json"], ""));
    assert_eq!((code, err.as_str()), (0, ""));
    let listed: serde_json::Value = serde_json::from_str(&out).unwrap();
    for one in listed["programs"].as_array().unwrap() {
        assert!(one["cases"].as_u64().unwrap() > 0, "{one}");
        let credit = one["kind"] == "credit";
        assert!(!credit || one["offered_by"].is_object() && one["regions"].is_object(), "{one}");
    }
    let (_, text, _) = said(&accredit(&["programs"], ""));
    assert!(text.contains("offered by TikTok and Shopify, to specially invited"), "{text}");
    assert!(text.contains("regions: AU, BR, CA, DE, FR, GB, US"), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80 || line.contains("https://")), "wider than asked for");
    let (_, page, _) = said(&accredit(&["programs", "promo_code"], ""));
    assert!(page.contains("Offered by: TikTok, to self-service customers\nRegions: VN, JP"), "{page}");
}

#[test]
fn three_broken_items_give_three_findings() {
    let rules = scratch(
        "three.terms",
        b"source a {\n  titel \"A\"\n  read never\n  rank 1\n}\n\nremedy b by {\n  say \"B\"\n}\n\nvalue c 3 dogs\n",
    );
    let (code, out, err) = said(&accredit(&["lint", "--format", "short", "--rules", rules.to_str().unwrap()], ""));
    assert_eq!(code, 1, "{err}");
    assert_eq!(out.lines().filter(|line| line.contains(": error[")).count(), 3, "{out}");
}

#[test]
fn several_documents_give_an_array_that_names_them() {
    let one = scratch("one.yaml", PROSPECT.as_bytes());
    let two = scratch("two.json", br#"{"as_of": "2026-03-05", "account": {"country": "GB"}}"#);
    let paths = [one.to_str().unwrap(), two.to_str().unwrap()];
    let (code, out, _) = said(&accredit(&["check", paths[0], paths[1], "--format", "json"], ""));
    assert_eq!(code, 0);
    let answers: serde_json::Value = serde_json::from_str(&out).unwrap();
    let documents: Vec<&str> = answers.as_array().unwrap().iter().map(|a| a["document"].as_str().unwrap()).collect();
    assert_eq!(documents, paths);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let file = scratch("pipe.yaml", PROSPECT.as_bytes());
    let mut child = Command::new(env!("CARGO_BIN_EXE_accredit"))
        .args(["check", "--kind", "all", "--full", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn colour_only_where_it_is_wanted() {
    let coloured = |args: &[&str]| said(&accredit(args, PROSPECT)).1.contains('\u{1b}');
    assert!(!coloured(&["check", "-"]), "a pipe gets no colour");
    assert!(coloured(&["check", "-", "--color", "always"]));
}

#[test]
fn a_template_is_a_document_that_reads() {
    let (code, template, _) = said(&accredit(&["template", "--as-of", "2026-03-05"], ""));
    assert_eq!(code, 0);
    let (code, _, err) = said(&accredit(&["check", "-"], &template));
    assert_eq!((code, err.as_str()), (0, ""), "{template}");
    let (_, small, _) = said(&accredit(&["template", "--program", "created_self_serve"], ""));
    assert!(small.contains("creation_path:") && !small.contains("billing_country:"), "{small}");
}

/// Two folders of rules: the shipped ones, and the same with one window changed.
fn two_versions(name: &str) -> (PathBuf, PathBuf) {
    let root = std::env::temp_dir().join(format!("accredit-test-{}-{name}", std::process::id()));
    let folders = [root.join("old"), root.join("new")];
    for folder in &folders {
        std::fs::create_dir_all(folder).unwrap();
        for (path, text) in crate::library::rule_files(".terms") {
            let name = path.rsplit('/').next().unwrap();
            let text = if folder.ends_with("new") { text.replace("window   30 days", "window   14 days") } else { text };
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let [old, new] = folders;
    (old, new)
}

#[test]
fn diff_compares_folders_and_counts_accounts() {
    let (old, new) = two_versions("folders");
    let (old, new) = (old.to_str().unwrap(), new.to_str().unwrap());
    let (code, out, err) = said(&accredit(&["diff", old, old, "--exit-code"], ""));
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("76 decisions: 76 the same for every account (proved)."), "{out}");
    let accounts = scratch(
        "accounts.ndjson",
        b"{\"as_of\": \"2026-03-20\", \"account\": {\"registered_on\": \"2026-03-01\"}, \"spend\": {\"qualifying\": \"100 USD\"}, \"offers\": [{\"program\": \"new_advertiser_ladder\", \"tier_table\": \"us_five_tier\"}]}\n{\"as_of\": \"2026-03-20\"}\n",
    );
    let args = ["diff", old, new, "--accounts", accounts.to_str().unwrap(), "--format", "json"];
    let (code, out, err) = said(&accredit(&args, ""));
    assert_eq!((code, err.as_str()), (0, ""));
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&answer["accounts"]["accounts"], &answer["accounts"]["moved"]), (&2.into(), &1.into()));
    let group = &answer["accounts"]["groups"][0];
    assert_eq!(group["decision"], "new_advertiser_ladder");
    assert_eq!(group["moved_by"], serde_json::json!(["threshold"]));
    let ladder = answer["decisions"].as_array().unwrap().iter().find(|one| one["id"] == "new_advertiser_ladder").unwrap();
    assert_eq!(ladder["change"], "stricter");
    // The account of a pair of verdicts, given back to `check` with either version.
    let cell = &ladder["verdicts"][0];
    for (rules, document, verdict) in [(old, "old_document", "before"), (new, "new_document", "after")] {
        let document = cell["account"][document].as_str().unwrap();
        let args = ["check", "-", "--rules", rules, "--program", "new_advertiser_ladder", "--format", "json"];
        let (_, out, _) = said(&accredit(&args, document));
        let decided: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(decided["decisions"][0]["verdict"], cell[verdict], "{document}");
    }
    let (code, _, _) = said(&accredit(&["diff", old, new, "--exit-code"], ""));
    assert_eq!(code, 1, "something changed");
    let (code, _, err) = said(&accredit(&["diff", old, "no-such-revision"], ""));
    assert_eq!(code, 2);
    assert!(err.contains("no folder, and git cannot read it as a revision"), "{err}");
    let broken = scratch("broken.ndjson", b"{\"as_of\": \"2026-03-20\", \"account\": {\"countri\": \"US\"}}\n");
    let (code, out, err) = said(&accredit(&["diff", old, new, "--accounts", broken.to_str().unwrap()], ""));
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("countri") && err.contains("nothing was counted"), "{err}");
}

#[test]
fn diff_compares_git_revisions() {
    let (old, new) = two_versions("git");
    let root = old.parent().unwrap();
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        let made = Command::new("git").args(identity).args(args).current_dir(root).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    };
    std::fs::rename(&old, root.join("rules")).unwrap();
    git(&["init", "-q"]);
    git(&["add", "rules"]);
    git(&["commit", "-q", "-m", "old"]);
    std::fs::remove_dir_all(root.join("rules")).unwrap();
    std::fs::rename(&new, root.join("rules")).unwrap();
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "new"]);
    for (from, to) in [("HEAD~1", "HEAD"), ("HEAD~1:rules", "rules")] {
        let made = Command::new(env!("CARGO_BIN_EXE_accredit"))
            .args(["diff", from, to, "--format", "markdown"])
            .current_dir(root)
            .env_remove("ACCREDIT_RULES")
            .output()
            .unwrap();
        let (code, out, err) = said(&made);
        assert_eq!((code, err.as_str()), (0, ""), "{from}");
        assert!(out.contains("30 days → 14 days"), "{out}");
    }
}

#[test]
fn sql_is_written_whole_or_not_at_all() {
    let file = scratch("out.sql", b"what was there before");
    let path = file.to_str().unwrap();
    let (code, out, err) = said(&accredit(&["sql", "--dialect", "duckdb", "-o", path], ""));
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("`gmv_max_roi_protection`, requirement `roi_short`"), "{err}");
    assert!(err.contains("--without gmv_max_roi_protection"), "{err}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "what was there before");
    let asked = ["sql", "--dialect", "duckdb", "--program", "woocommerce", "--view", "--table", "lake.accounts", "-o", path];
    let (code, out, err) = said(&accredit(&asked, ""));
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("CREATE OR REPLACE VIEW \"accredit_woocommerce\" AS\nWITH"), "{text}");
    assert!(text.contains("FROM \"lake\".\"accounts\" AS t") && text.contains("SET VARIABLE as_of"), "{text}");
}

#[test]
fn a_spark_job_is_a_folder_that_says_how_to_run_it() {
    let folder = scratch("job.txt", b"").parent().unwrap().join("job");
    let path = folder.to_str().unwrap();
    let (code, out, err) = said(&accredit(&["spark", "-o", path], ""));
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("75 decisions; 1 left out"), "{err}");
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(text("README.md").contains("spark-submit") && text("README.md").contains("`gmv_max_roi_protection`"));
    assert!(!text("README.md").contains('{'), "every blank of the recipe is filled in");
    let job: serde_json::Value = serde_json::from_str(&text("job.json")).unwrap();
    let queries = job["queries"].as_array().unwrap();
    assert_eq!(queries.len(), 75);
    for query in queries {
        let id = query["decision"].as_str().unwrap();
        assert_eq!(text("queries.sql").matches(&format!("-- accredit query {id}\n")).count(), 1, "{id}");
    }
    let (code, _, err) = said(&accredit(&["spark", "-o", path], ""));
    assert!(code == 2 && err.contains("is not empty"), "{err}");
}
