//! The made accounts.

/// A new account in the United States, 20 USD short of its first tier, with a code that is not for it.
pub(super) const ON_TRACK: &str = "
    account.id = 7000000000000000042
    account.name = Blue Kettle
    account.country = US
    account.currency = USD
    account.registered_on = 2026-03-01
    account.status = approved
    account.creation_path = ads_manager
    account.ownership_transferred = no
    account.prior_paid_delivery = no
    account.earlier_coupon_same_business = no
    account.billing = automatic
    account.payment_method = card
    account.business_profile_complete = yes
    signup.entry_point = official_getstarted
    signup.offer_banner_seen = yes
    shop.operates_shop = no
    partner.route = none
    code.kind = none
    spend.qualifying = 180 USD
    offers: new_advertiser_ladder
    visible_in_promotions = yes
    country = US
    tier_table = us_five_tier
    status = earning
";

/// An account made by an agency, from which little is known; its name is an attempt at markup.
pub(super) const HOSTILE: &str = "
    account.id = 7000000000000000043
    account.name = <script>alert(1)</script> | [win](https://evil.example) *now*
    account.country = NO
    account.creation_path = agency_portal
    account.status = in_review
    user.finance_role = none
    user.bc_role = standard
";

/// Credit that was earned: one qualifies, one is frozen; a day of GMV Max with all facts.
pub(super) const EARNED: &str = "
    account.id = 7000000000000000044
    account.name = Oak & Daughters
    account.country = US
    account.currency = USD
    account.registered_on = 2026-03-01
    account.status = approved
    account.creation_path = ads_manager
    account.ownership_transferred = no
    account.prior_paid_delivery = no
    account.earlier_coupon_same_business = no
    account.billing = manual
    account.payment_method = card
    account.business_profile_complete = yes
    signup.entry_point = official_getstarted
    signup.offer_banner_seen = yes
    shop.operates_shop = no
    partner.route = none
    spend.qualifying = 640 USD
    spend.threshold_crossed_on = 2026-03-20
    offers: new_advertiser_ladder
    visible_in_promotions = yes
    country = US
    tier_table = us_five_tier
    status = issued
    expires_on = 2026-06-01
    offers: new_advertiser_discount
    visible_in_promotions = yes
    country = US
    discount_percent = 50%
    discount_cap = 100 USD
    discount_used = 20 USD
    status = frozen
    expires_on = 2026-05-20
    gmv_max_days: 2026-03-02
    mode = target_roi
    target_roi = 2.5
    revenue = 200 USD
    cost = 100 USD
    orders = 20
    target_edited = no
    paused_or_deleted = no
    stopped = no
    campaigns: c-1
    smart_plus_offer_shown = incentive_offer
    first_impression_on = 2026-02-01
    campaign_type = manual
";

/// Credit that was given and is gone or cannot be used: one expired, one earned while the account is suspended.
pub(super) const GONE: &str = "
    account.id = 7000000000000000045
    account.name = Salt Harbour
    account.country = US
    account.currency = USD
    account.registered_on = 2026-03-01
    account.status = suspended
    account.creation_path = ads_manager
    account.ownership_transferred = no
    account.prior_paid_delivery = no
    account.earlier_coupon_same_business = no
    account.payment_method = card
    account.business_profile_complete = yes
    signup.entry_point = official_getstarted
    signup.offer_banner_seen = yes
    shop.operates_shop = no
    partner.route = none
    spend.qualifying = 640 USD
    spend.threshold_crossed_on = 2026-03-20
    offers: new_advertiser_ladder
    visible_in_promotions = yes
    country = US
    tier_table = us_five_tier
    status = issued
    expires_on = 2026-04-01
    offers: new_advertiser_discount
    visible_in_promotions = yes
    country = US
    discount_percent = 50%
    discount_cap = 100 USD
    discount_used = 20 USD
    status = issued
    expires_on = 2026-05-20
";

/// Two programs that are over or have not begun, with a spend limit, and a text that tries to be a link.
pub(super) const SEASONS: &str = r#"
credit autumn_push "Autumn push" for account {
  per off_promo_codes
  in force from 2025-10-01 to 2025-10-31

  require settled "Not more than 20 USD is unpaid"
    met   when account.unpaid_balance is at most 20 USD
    fails otherwise
    per   off_promo_codes
    else  pay_open_bill

  reward unstated because "the page names no amount"
}

check money_in_order "Money is in order" for account severity low {
  per off_promo_codes

  require settled "Not more than 20 USD is unpaid"
    met   when account.unpaid_balance is at most 20 USD
    fails otherwise
    per   off_promo_codes
    else  pay_open_bill

  require registered "Registered by the end of March"
    met   when account.registered_on is by 2026-03-31
    fails otherwise
    per   off_promo_codes
    else  new_account_needed
}
"#;
