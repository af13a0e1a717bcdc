//! How long one document takes; run in release mode with `--ignored --nocapture`.

use std::time::Instant;

use super::READER;
use crate::facts::Format;
use crate::source::FileId;

const DOCUMENT: &str = r#"{"as_of": "2026-03-20",
 "account": {"id": "7000000000000000001", "name": "Prospect", "country": "US", "currency": "USD",
  "registered_on": "2026-03-01", "status": "approved", "creation_path": "ads_manager", "ownership_transferred": false,
  "prior_paid_delivery": false, "earlier_coupon_same_business": false, "billing": "automatic",
  "payment_method": "card", "business_profile_complete": true, "billing_country": "US", "unpaid_balance": "0 USD",
  "failed_charges": 0, "buying_type": "auction", "agency_role": "none"},
 "signup": {"entry_point": "official_getstarted", "offer_banner_seen": true},
 "offers": [{"program": "new_advertiser_ladder", "visible_in_promotions": true, "country": "US",
  "tier_table": "us_five_tier", "window_days": 30, "status": "earning", "register_step": "not_needed"}],
 "spend": {"qualifying": "180.50 USD", "first_spend_on": "2026-03-05"},
 "risk": {"policy_violation_open": false, "linked_to_suspended_account": false}}"#;

#[test]
#[ignore = "a measurement"]
fn how_long_a_document_takes() {
    let yaml = serde_yaml::to_string(&serde_json::from_str::<serde_json::Value>(DOCUMENT).unwrap()).unwrap();
    for (format, text) in [(Format::Json, DOCUMENT), (Format::Yaml, yaml.as_str())] {
        let best = (0..20).map(|_| {
            let start = Instant::now();
            for _ in 0..5_000 {
                std::hint::black_box(READER.read(FileId(0), std::hint::black_box(text), format).unwrap());
            }
            start.elapsed() / 5_000
        });
        eprintln!("{format:?}, {} bytes: {:?}", text.len(), best.min());
    }
}
