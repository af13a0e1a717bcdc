//! Rules that change while a server runs on each database: what was decided, kept and said before stays to be read.

use super::SECRET;
use super::client::Server;
use super::reload::{digest, rules};
use super::security::until;
use crate::command::{accredit, said};
use crate::store::ground::grounds;

const OF: &str = "/rules/of/woocommerce";

fn page(server: &Server, path: &str) -> String {
    let answer = server.get(path);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")), "{path}");
    answer.text().to_owned()
}

#[test]
fn former_terms_stay_to_be_read_with_what_changed_on_each_database() {
    for (ground, at) in grounds().iter().zip(0..) {
        let (folder, file) = rules(&format!("history-{at}"));
        let file = file.with_file_name("woocommerce.terms");
        let first = std::fs::read_to_string(&file).unwrap();
        let server = Server::on(&folder, &ground.options(), &[]);
        let before = digest(&server);
        assert!(page(&server, OF).contains("The terms are the same in the one version"), "{}", page(&server, OF));
        let checked = server.post("/v1/check?program=woocommerce&reference=client%200815", "application/yaml", SECRET);
        assert_eq!(checked.status, 200, "{}", checked.text());
        let saved = server.send(&super::client::Sent {
            method: "PUT",
            path: "/v1/accounts/client-0815",
            headers: vec![("content-type", "application/yaml")],
            body: SECRET.as_bytes(),
        });
        assert_eq!(saved.status, 204, "{}", saved.text());

        // A letter that says nothing, then terms that are stricter.
        for text in [
            format!("{first}\n// read again\n"),
            first.replace("value woocommerce_days 30 days", "value woocommerce_days 21 days"),
        ] {
            let last = digest(&server);
            std::fs::write(&file, text).unwrap();
            server.hang_up();
            until(|| digest(&server) != last);
        }
        let told = page(&server, OF);
        let history = told.split("<h2>History</h2>").nth(1).unwrap();
        assert_eq!(history.matches("<h3>").count(), 1, "only what changed its terms is told: {history}");
        assert!(history.contains("30 → 21") || history.contains("30 days → 21 days"), "{history}");
        let link = history.split("href=\"").find(|part| part.contains("stood before")).unwrap().split('"').next().unwrap();
        let former = page(&server, link);
        assert!(former.contains("30 days") && !former.contains("21 days"), "{former}");
        assert!(former.contains("Other rules are in force") && former.contains(&format!("href=\"{OF}\"")), "{former}");
        assert!(page(&server, "/rules/of/shopify").contains("The terms are the same in all 3 versions"));

        let versions = page(&server, "/rules/version");
        assert!(versions.contains("Versions kept here (3)") && versions.contains(&before), "{versions}");
        assert!(page(&server, &format!("/rules/kept/{before}")).contains(&format!("/rules/kept/{before}/of/woocommerce")));
        for none in [format!("/rules/kept/{before}/of/woocomerce"), "/rules/kept/sha256:0".to_owned()] {
            assert_eq!(server.get(&none).status, 404, "{none}");
        }
        drop(server);

        // The next server finds all of it.
        let server = Server::on(&folder, &ground.options(), &[]);
        assert!(page(&server, "/rules/version").contains("Versions kept here (3)"));
        assert_eq!(server.get("/v1/accounts/client-0815").text(), SECRET);
        drop(server);
        let [option, place] = ground.options();
        let (code, out, err) = said(&accredit(&["log", "verify", &option, &place], ""));
        assert_eq!(code, 0, "{out}{err}");
        let (code, out, err) = said(&accredit(&["replay", &option, &place, "--rules", &folder.to_string_lossy()], ""));
        assert_eq!(code, 0, "{out}{err}");
    }
}
