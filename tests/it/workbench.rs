//! The results page says what the command line says: the same verdict, reward, missing facts and reasons, on every case.
//!
//! In: the worked cases of the contract. Out: every card that differs.
//! Owns how a page is read here: by the attributes of its cards. The words of the page are those of `report`.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use accredit::facts::written;
use serde_json::Value;

use crate::browser::Server;
use crate::command::accredit;
use crate::library::{public_cases, shipped};

/// What is compared of one decision: verdict, reward, missing facts, requirements that decided.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Said {
    verdict: String,
    reward: Option<String>,
    missing: Vec<String>,
    reasons: Vec<String>,
}

type Told = BTreeMap<(String, Option<String>), Said>;

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn of_json(answer: &Value) -> Told {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let decisions = answer["decisions"].as_array().unwrap().iter();
    decisions
        .map(|one| {
            let reward = one["reward"]["amount"]
                .as_str()
                .map(|amount| if one["reward"]["at_least"] == true { format!("at least {amount}") } else { amount.to_owned() });
            let requirements = one["requirements"].as_array().unwrap().iter();
            let decisive = requirements.filter(|note| note["decisive"] == true && note["result"] != "met");
            let reasons =
                decisive.map(|note| format!("{}:{}", note["id"].as_str().unwrap(), note["result"].as_str().unwrap())).collect();
            let missing = one["missing"].as_array().unwrap().iter().map(|name| text(name).unwrap()).collect();
            let said = Said { verdict: text(&one["verdict"]).unwrap(), reward, missing, reasons };
            ((text(&one["id"]).unwrap(), text(&one["subject"])), said)
        })
        .collect()
}

fn unescaped(text: &str) -> String {
    let pairs = [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn of_page(html: &str) -> Told {
    let tags = html.split("data-decision=").skip(1).map(|rest| format!("data-decision={}", rest.split(">\n").next().unwrap()));
    tags.map(|tag| {
        let attribute = |name: &str| {
            let start = tag.find(&format!("data-{name}=\""))? + name.len() + 7;
            Some(unescaped(tag[start..].split('"').next().unwrap()))
        };
        let said = Said {
            verdict: attribute("verdict").unwrap(),
            reward: attribute("reward"),
            missing: words(&attribute("missing").unwrap()),
            reasons: words(&attribute("reasons").unwrap()),
        };
        ((attribute("decision").unwrap(), attribute("subject")), said)
    })
    .collect()
}

/// The body of the answer to a form.
pub fn post(base: &str, path: &str, fields: &[(&str, &str)]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let body: Vec<String> = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    let body = body.join("&");
    let host = base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: {base}\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}\n{body}");
    assert!(!head.to_lowercase().contains("transfer-encoding: chunked"), "{head}");
    body.to_owned()
}

#[test]
fn the_results_page_says_what_the_command_line_says() {
    let rules = shipped();
    let documents: Vec<String> =
        public_cases(&rules).iter().map(|case| written(rules.program(), &case.facts, None, &[])).collect();
    let server = Server::start();
    let (mut compared, mut wrong) = (0, Vec::new());
    for document in &documents {
        let output = accredit(&["check", "-", "--kind", "all", "--format", "json"], document);
        let command = of_json(&serde_json::from_slice(&output.stdout).unwrap());
        let kinds = ["credit", "action", "check"];
        let pages = kinds.map(|kind| of_page(&post(&server.base, "/results", &[("facts", document), ("kind", kind)])));
        let page: Told = pages.into_iter().flatten().collect();
        compared += command.len();
        if page.len() != command.len() {
            wrong.push(format!("{} decisions on the page, {} on the command line", page.len(), command.len()));
        }
        for (key, said) in command {
            if page.get(&key) != Some(&said) {
                wrong.push(format!("{key:?}: {:?} on the page, {said:?} on the command line, of\n{document}", page.get(&key)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(documents.len() >= 40 && compared > 40 * 70, "{} documents, {compared} decisions", documents.len());
    println!("{compared} decisions on {} documents", documents.len());
}
