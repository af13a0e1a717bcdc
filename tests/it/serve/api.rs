//! Every path of the API, with good and with bad requests.

use accredit::report::SCHEMA;
use serde_json::Value;

use super::client::{Sent, Server};
use super::{NEVER, SECRET};

#[test]
fn a_document_gets_its_answer_in_yaml_and_in_json() {
    let server = Server::start(&[]);
    let yaml = server.post("/v1/check", "application/yaml; charset=utf-8", SECRET);
    assert_eq!((yaml.status, yaml.header("content-type")), (200, Some("application/json")));
    let schema = jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
    assert!(schema.is_valid(&yaml.json()), "{}", yaml.text());
    let credits = yaml.json()["decisions"].as_array().unwrap().len();
    assert!(yaml.json()["decisions"].as_array().unwrap().iter().all(|one| one["kind"] == "credit" && one["ask"].is_array()));
    let as_json = r#"{"as_of": "2026-03-05", "account": {"country": "US"}}"#;
    let json = server.post("/v1/check?kind=all&as_of=2026-04-01", "application/json", as_json);
    assert_eq!(json.json()["as_of"], "2026-04-01");
    assert!(json.json()["decisions"].as_array().unwrap().len() > credits);
    let one = server.post("/v1/check?program=woocommerce&program=new_advertiser_ladder", "application/json", as_json);
    let ids: Vec<Value> = one.json()["decisions"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, ["new_advertiser_ladder", "woocommerce"]);
}

#[test]
fn parts_of_an_answer_are_those_of_the_whole() {
    let server = Server::start(&[]);
    let whole = server.post("/v1/check", "application/yaml", SECRET).json();
    let ask = server.post("/v1/ask", "application/yaml", SECRET).json();
    let changes = server.post("/v1/changes", "application/yaml", SECRET).json();
    assert_eq!((&ask["questions"], &ask["no_need"]), (&whole["questions"], &whole["no_need"]));
    assert!(!ask["questions"].as_array().unwrap().is_empty());
    for (at, decision) in whole["decisions"].as_array().unwrap().iter().enumerate() {
        for field in ["id", "subject", "verdict", "missing", "ask"] {
            assert_eq!(ask["decisions"][at][field], decision[field], "{field}");
        }
        for field in ["id", "subject", "verdict", "changes", "timeline"] {
            assert_eq!(changes["decisions"][at][field], decision[field], "{field}");
        }
        assert!(ask["decisions"][at].get("requirements").is_none());
    }
}

#[test]
fn a_bad_document_gets_the_place_of_each_mistake_and_no_verdict() {
    let server = Server::start(&[]);
    let bad = "as_of: 2026-03-05\naccount:\n  contry: US\n  status: aproved\noffers:\n  - {program: new_advertiser_ladder, status: erning}\n";
    let problem = server.post("/v1/check", "application/yaml", bad).problem(422);
    let errors = problem["errors"].as_array().unwrap();
    let told = |at: usize, field: &str| errors[at][field].as_str().unwrap_or_default().to_owned();
    assert_eq!(errors.len(), 3, "{problem}");
    assert_eq!(
        (told(0, "pointer"), &errors[0]["line"], &errors[0]["column"]),
        ("/account/contry".into(), &3.into(), &3.into())
    );
    assert!(told(0, "help").contains("country"), "{problem}");
    assert_eq!((told(1, "pointer"), &errors[1]["line"]), ("/account/status".into(), &4.into()));
    assert_eq!(told(2, "pointer"), "/offers/0/status");
    assert!(errors.iter().all(|error| error["code"].is_string()));
    assert!(problem.get("decisions").is_none());

    let json = r#"{"as_of": "2026-03-05", "account": {"a/b": 1, "country": "USA"}}"#;
    let problem = server.post("/v1/ask", "application/json", json).problem(422);
    assert_eq!(problem["errors"][0]["pointer"], "/account/a~1b");
    assert_eq!(problem["errors"][1]["pointer"], "/account/country");

    let rows: [(&str, &[u8], u16, &str); 8] = [
        ("application/json", b"{\"as_of\":", 422, "a document that breaks off"),
        ("application/json", b"", 422, "no document"),
        ("application/yaml", b"as_of: ' '", 422, "a day that says nothing"),
        ("application/json", b"[1, 2]", 422, "no mapping"),
        ("application/yaml", b"as_of: \xff\xfe", 422, "no text"),
        ("application/x-www-form-urlencoded", b"as_of=2026-03-05", 415, "another media type"),
        ("application/json; charset=latin1", b"{}", 415, "another charset"),
        ("text/plain", b"as_of: 2026-03-05", 415, "another media type"),
    ];
    for (kind, body, status, why) in rows {
        let problem = server.post("/v1/check", kind, body).problem(status);
        assert!(status == 415 || !problem["errors"].as_array().unwrap().is_empty(), "{why}: {problem}");
    }
    let deep = format!("{{\"as_of\": \"2026-03-05\", \"account\": {}1{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    server.post("/v1/check", "application/json", deep).problem(422);
    let packed = Sent {
        method: "POST",
        path: "/v1/check",
        headers: vec![("content-type", "application/json"), ("content-encoding", "gzip")],
        body: b"{}",
    };
    server.send(&packed).problem(415);
}

#[test]
fn wrong_parameters_paths_and_methods_say_what_is_right() {
    let server = Server::start(&[]);
    let rows = [
        ("/v1/check?programm=woocommerce", "programm", "program"),
        ("/v1/check?program=woocomerce", "program", "woocommerce"),
        ("/v1/check?kind=credits", "kind", "credit"),
        ("/v1/check?as_of=tomorrow", "as_of", "2026-03-01"),
        ("/v1/check?kind=all&program=woocommerce", "kind", "leave one"),
        ("/v1/check?reference=", "reference", "characters"),
        ("/v1/check?reference=a%0Ab", "reference", "characters"),
        ("/v1/screen?program=woocomerce", "program", "woocommerce"),
    ];
    for (path, parameter, help) in rows {
        let kind = if path.starts_with("/v1/screen") { "text/csv" } else { "application/yaml" };
        let body = if kind == "text/csv" { "account.country\nUS\n" } else { SECRET };
        let problem = server.post(path, kind, body).problem(400);
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}: {problem}");
        assert!(problem["errors"][0]["help"].as_str().unwrap().contains(help), "{path}: {problem}");
    }
    let twice = server.post("/v1/check?as_of=2026-01-01&as_of=2026-01-02", "application/yaml", SECRET).problem(400);
    assert_eq!(twice["errors"][0]["parameter"], "as_of");
    let near = server.get("/v1/chek").problem(404);
    assert!(near["detail"].as_str().unwrap().contains("/v1/check"), "{near}");
    let wrong = server.get("/v1/check");
    wrong.problem(405);
    assert_eq!(wrong.header("allow"), Some("POST"));
    assert_eq!(server.send(&Sent { method: "DELETE", path: "/v1/rules", ..Sent::default() }).status, 405);
}

#[test]
fn rules_are_told_with_a_tag_by_which_nothing_is_sent_twice() {
    let server = Server::start(&[]);
    let list = server.get("/v1/rules");
    let tag = list.header("etag").unwrap().to_owned();
    let digest = list.json()["rules"]["digest"].as_str().unwrap().to_owned();
    assert_eq!(tag, format!("\"{digest}\""));
    assert!(list.json()["programs"].as_array().unwrap().len() > 50);
    let known = Sent { method: "GET", path: "/v1/rules", headers: vec![("if-none-match", &tag)], body: b"" };
    let same = server.send(&known);
    assert_eq!((same.status, same.body.len()), (304, 0));
    let one = server.get("/v1/rules/woocommerce");
    assert_eq!(one.json()["program"]["id"], "woocommerce");
    assert!(server.get("/v1/rules/woocomerce").problem(404)["detail"].as_str().unwrap().contains("woocommerce"));
    let state = server.get("/v1/state").json();
    assert_eq!((&state["rules"]["digest"], &state["refused"]), (&Value::from(digest.clone()), &Value::Null));
    let ready = server.get("/ready").json();
    assert_eq!((&ready["rules"], &ready["current"]), (&Value::from(digest), &Value::from(true)));
    assert_eq!(server.get("/health").json()["status"], "ok");
}

#[test]
fn a_table_is_screened_as_the_command_screens_it() {
    let server = Server::start(&[]);
    let mut table = "account.id,account.country,account.creation_path,as_of\n".to_owned();
    for row in 0..5_000 {
        let country = ["US", "DE", "Nowhere"][row % 3];
        table.push_str(&format!("{row},{country},ads_manager,2026-03-05\n"));
    }
    let answer = server.post("/v1/screen", "text/csv", &table);
    assert_eq!((answer.status, answer.whole), (200, true));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let arguments = ["screen", "-", "-o", "-", "--from", "csv", "--to", "csv", "-q", "--rules", &folder.to_string_lossy()];
    let (_, out, _) = crate::command::said(&crate::command::accredit(&arguments, &table));
    assert_eq!(answer.text(), out);
    assert_eq!(answer.text().lines().count(), 5_001);

    let rows = server.post("/v1/screen?to=ndjson&long=true&program=woocommerce", "text/csv", &table);
    let lines: Vec<Value> = rows.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| line.get("problem").is_none()).count(), 5_000);
    let problems: Vec<&Value> = lines.iter().filter_map(|line| line.get("problem")).collect();
    assert_eq!((problems.len(), &problems[0]["row"], &problems[0]["column"]), (1_666, &3.into(), &"account.country".into()));

    let ndjson = "{\"as_of\":\"2026-03-05\",\"account\":{\"id\":\"a\",\"country\":\"US\"}}\n";
    let lines = server.post("/v1/screen", "application/x-ndjson", ndjson);
    assert_eq!((lines.status, lines.header("content-type")), (200, Some("application/x-ndjson")));
    assert!(lines.text().contains("woocommerce.verdict"), "{}", lines.text());

    let wrong = server.post("/v1/screen", "text/csv", "contry,x\nUS,1\n").problem(422);
    assert!(wrong["errors"].to_string().contains("contry"), "{wrong}");
    server.post("/v1/screen", "text/csv", "").problem(422);
    server.post("/v1/screen", "application/json", "{}").problem(415);
}

#[test]
fn each_decision_is_logged_before_it_is_answered_and_refused_requests_are_not() {
    let server = Server::start(&[]);
    let entry = |answer: &super::client::Answer| answer.header("accredit-entry").map(str::to_owned);
    let first = server.post("/v1/check?reference=client-0815", "application/yaml", SECRET);
    assert_eq!(entry(&first).as_deref(), Some("1"));
    assert_eq!(server.post("/v1/ask", "application/yaml", SECRET).status, 200);
    server.post("/v1/check", "application/yaml", "as_of: never\n").problem(422);
    server.post("/v1/check?program=nothing", "application/yaml", SECRET).problem(400);
    let third = server.post("/v1/check?kind=all", "application/yaml", SECRET);
    assert_eq!(entry(&third).as_deref(), Some("3"), "the questions are logged, too; what was refused is not");
}

#[test]
fn an_account_is_kept_by_its_reference() {
    let server = Server::start(&[]);
    let put = |path: &str, kind: &str, body: &str| {
        let headers = vec![("content-type", kind)];
        server.send(&Sent { method: "PUT", path, headers, body: body.as_bytes() })
    };
    let path = "/v1/accounts/client%20%C3%BC%2F0815";
    server.get(path).problem(404);
    assert_eq!(put(path, "application/yaml", SECRET).status, 204);
    let saved = server.get(path);
    assert_eq!((saved.status, saved.header("content-type"), saved.text()), (200, Some("application/yaml"), SECRET));
    let json = r#"{"as_of":"2026-03-06"}"#;
    assert_eq!(put(path, "application/json", json).status, 204);
    assert_eq!((server.get(path).header("content-type"), server.get(path).text()), (Some("application/json"), json));
    let problem = put(path, "application/yaml", "as_of: 2026-03-05\naccount: {contry: US}\n").problem(422);
    assert_eq!(problem["errors"][0]["pointer"], "/account/contry");
    assert_eq!(server.get(path).text(), json, "what cannot be read takes the place of nothing");
    put("/v1/accounts/%20", "application/json", json).problem(400);
    put(path, "text/plain", json).problem(415);
    let long = format!("/v1/accounts/{}", "x".repeat(201));
    server.get(&long).problem(400);
    assert!(!server.log().contains("0815"), "{}", server.log());
}

#[test]
fn the_description_of_the_api_names_every_path_and_its_schemas_hold() {
    let server = Server::start(&[]);
    let document = server.get("/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    let text = document.to_string();
    for to in text.split("\"$ref\":\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(document.pointer(to).is_some(), "nothing at {to}");
    }
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "woocommerce").replace("{reference}", "someone");
        for method in methods.as_object().unwrap().keys() {
            let answer = server.send(&Sent { method: &method.to_uppercase(), path: &path, ..Sent::default() });
            assert!(!matches!(answer.status, 405 | 500..), "{method} {path}: {}", answer.status);
            assert!(answer.status != 404 || path.contains("someone"), "{method} {path}");
            assert!(
                methods[method]["responses"].get(answer.status.to_string()).is_some(),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    let answer = server.post("/v1/check?kind=all", "application/yaml", SECRET).json();
    let mut schema = document["components"]["schemas"]["decision.answer"].clone();
    schema["components"] = document["components"].clone();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = schema.iter_errors(&answer).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn numbers_and_logs_count_requests_and_tell_nothing_of_a_client() {
    let server = Server::start(&[]);
    server.post("/v1/check?reference=client-0815&program=woocommerce", "application/yaml", SECRET);
    server.post("/v1/check?reference=client-0815&kind=client-0815", "application/yaml", SECRET);
    server.post("/v1/screen", "text/csv", "account.name,account.country\nBluebird 4711,client-0815\n");
    server.post("/v1/check", "application/yaml", "as_of: 2026-03-05\naccount: {country: client-0815}\n");
    server.get("/v1/rules/client-0815");
    server.get("/client-0815");
    let bearer = Sent {
        method: "GET",
        path: "/v1/rules",
        headers: vec![("authorization", "Bearer client-0815"), ("cookie", "__Host-accredit=client-0815")],
        body: b"",
    };
    server.send(&bearer);
    let numbers = server.get("/metrics");
    assert!(numbers.header("content-type").unwrap().starts_with("text/plain"));
    let numbers = numbers.text().to_owned();
    for line in [
        r#"accredit_requests_total{method="POST",route="/v1/check",status="200"} 1"#,
        r#"accredit_requests_total{method="POST",route="/v1/check",status="400"} 1"#,
        r#"accredit_requests_total{method="GET",route="/v1/rules/{id}",status="404"} 1"#,
        r#"accredit_requests_total{method="GET",route="none",status="404"} 1"#,
        "accredit_request_seconds_bucket{route=\"/v1/check\",le=\"10\"}",
        "accredit_decisions_total{verdict=",
        "accredit_queue_depth 0",
        "accredit_rules_info{digest=\"sha256:",
    ] {
        assert!(numbers.contains(line), "{line}\n{numbers}");
    }
    let log = server.log();
    let routes = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    let routes: Vec<Value> = routes.filter(|line| line["message"] == "request").map(|line| line["route"].clone()).collect();
    assert!(routes.len() >= 7 && routes.contains(&"/v1/check".into()), "{log}");
    for never in NEVER {
        assert!(!log.contains(never), "the log tells {never}: {log}");
        assert!(!numbers.contains(never), "the numbers tell {never}: {numbers}");
    }
}
