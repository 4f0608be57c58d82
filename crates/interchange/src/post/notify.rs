//! E-mail and text messages by GOV.UK Notify, over its REST API, version 2 (<https://docs.notifications.service.gov.uk/rest-api.html>).

use area::notices::Notices;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use frontline::notices::notice::Way;
use frontline::notices::outgoing::{Became, Outgoing};
use kernel::Timestamp;
use ring::hmac;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use ureq::Agent;
use uuid::Uuid;

const ANSWER_SECONDS: u64 = 20;
const ANSWER_MAX_BYTES: u64 = 256 * 1024;
/// A UUID in letters.
const UUID_CHARACTERS: usize = 36;

/// GOV.UK Notify, as one of its services.
#[derive(Clone)]
pub struct Notify {
    agent: Agent,
    base: String,
    service: String,
    key: hmac::Key,
    email_template: String,
    sms_template: String,
}

impl std::fmt::Debug for Notify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The key stays out of every log.
        f.debug_struct("Notify").field("base", &self.base).finish_non_exhaustive()
    }
}

/// What Notify says of a message; the rest is not needed.
#[derive(Deserialize)]
struct Notification {
    id: String,
    #[serde(default)]
    status: String,
}

#[derive(Deserialize)]
struct Notifications {
    notifications: Vec<Notification>,
}

enum Answer {
    Body(String),
    Status(u16),
    Nothing,
}

impl Notify {
    /// Opens Notify by a key as it gives them out: a name, the service's id and a secret, with `-` between.
    ///
    /// # Errors
    /// That the key does not read; it is not repeated.
    pub fn open(key: &str, url: &str, notices: &Notices) -> Result<Self, String> {
        let fault = || "The key of GOV.UK Notify does not read: copy it whole, as name-service-secret".to_owned();
        let (service, secret) = parts(key).ok_or_else(fault)?;
        // A provider that was set before is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(Duration::from_secs(ANSWER_SECONDS)))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("Think Family")
            .build();
        Ok(Self {
            agent: config.into(),
            base: url.trim_end_matches('/').to_owned(),
            service: service.to_owned(),
            key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()),
            email_template: notices.notify_email_template.clone(),
            sms_template: notices.notify_sms_template.clone(),
        })
    }

    /// Returns whether the area has a template for it.
    pub(super) fn carries(&self, way: Way) -> bool {
        self.template(way).is_some_and(|template| !template.is_empty())
    }

    fn template(&self, way: Way) -> Option<&str> {
        match way {
            Way::Email => Some(&self.email_template),
            Way::Sms => Some(&self.sms_template),
            Way::InPerson => None,
        }
    }

    pub(super) fn send(&self, out: &Outgoing, now: Timestamp) -> Became {
        if out.may_have_left {
            match self.by_reference(out, now) {
                Some(Some(known)) => return Became::Sent(known),
                Some(None) => {}
                None => return Became::Later("GOV.UK Notify could not be reached".to_owned()),
            }
        }
        let mut body = json!({
            "template_id": self.template(out.way).unwrap_or_default(),
            "reference": out.id.to_string(),
            "personalisation": { "subject": out.subject, "message": out.words },
        });
        let (kind, field) = if out.way == Way::Sms { ("sms", "phone_number") } else { ("email", "email_address") };
        body[field] = json!(out.to);
        if let (Way::Email, Some(stop)) = (out.way, &out.stop) {
            body["one_click_unsubscribe_url"] = json!(stop);
        }
        match self.call("POST", &format!("/v2/notifications/{kind}"), Some(&body), now) {
            Answer::Body(text) => match serde_json::from_str::<Notification>(&text) {
                Ok(kept) => Became::Sent(kept.id),
                Err(_) => Became::Sent(String::new()),
            },
            Answer::Status(400) => Became::Never("GOV.UK Notify refused the number or address".to_owned()),
            Answer::Status(code) => {
                tracing::warn!(code, "GOV.UK Notify took no message");
                Became::Later("GOV.UK Notify could not take it".to_owned())
            }
            Answer::Nothing => Became::Later("GOV.UK Notify could not be reached".to_owned()),
        }
    }

    /// Returns Notify's own name for a message that it may have had before, where it has it; nothing at all where it could not be asked.
    fn by_reference(&self, out: &Outgoing, now: Timestamp) -> Option<Option<String>> {
        let asked = self.call("GET", &format!("/v2/notifications?reference={}", out.id), None, now);
        let Answer::Body(text) = asked else { return None };
        let known: Notifications = serde_json::from_str(&text).ok()?;
        Some(known.notifications.into_iter().next().map(|one| one.id))
    }

    pub(super) fn ask(&self, outside_id: &str, now: Timestamp) -> Option<Became> {
        // The id goes into an address: what is none never leaves.
        let id = Uuid::parse_str(outside_id).ok()?;
        let Answer::Body(text) = self.call("GET", &format!("/v2/notifications/{id}"), None, now) else { return None };
        let known: Notification = serde_json::from_str(&text).ok()?;
        match known.status.as_str() {
            "delivered" => Some(Became::Delivered),
            "permanent-failure" => Some(Became::Never("There is no such number or address".to_owned())),
            "temporary-failure" => {
                Some(Became::Never("It did not arrive for days: the telephone was off, or the mailbox full".to_owned()))
            }
            "technical-failure" => Some(Became::Never("GOV.UK Notify could not deliver it".to_owned())),
            _ => None,
        }
    }

    fn call(&self, method: &str, path: &str, body: Option<&serde_json::Value>, now: Timestamp) -> Answer {
        let address = format!("{}{path}", self.base);
        let bearer = format!("Bearer {}", self.token(now));
        let answer = match (method, body) {
            ("POST", Some(body)) => self
                .agent
                .post(&address)
                .header("authorization", &bearer)
                .header("content-type", "application/json")
                .send(body.to_string()),
            _ => self.agent.get(&address).header("authorization", &bearer).call(),
        };
        let Ok(mut answer) = answer else { return Answer::Nothing };
        match answer.status().as_u16() {
            200..=299 => match answer.body_mut().with_config().limit(ANSWER_MAX_BYTES).read_to_string() {
                Ok(text) => Answer::Body(text),
                // It has the message; what it calls it was lost on the way.
                Err(_) => Answer::Body(String::new()),
            },
            code => Answer::Status(code),
        }
    }

    /// Returns a JSON Web Token (RFC 7519) that says who asks, and when.
    fn token(&self, at: Timestamp) -> String {
        let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({ "typ": "JWT", "alg": "HS256" }));
        let said = format!("{head}.{}", part(json!({ "iss": self.service, "iat": at.as_second() })));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, said.as_bytes()));
        format!("{said}.{signature}")
    }
}

/// Returns the service's id and the secret of a key.
fn parts(key: &str) -> Option<(&str, &str)> {
    let key = key.trim();
    let at = key.len().checked_sub(UUID_CHARACTERS)?;
    let (rest, secret) = (key.get(..at)?, key.get(at..)?);
    let rest = rest.strip_suffix('-')?;
    let service = rest.get(rest.len().checked_sub(UUID_CHARACTERS)?..)?;
    (Uuid::parse_str(service).is_ok() && Uuid::parse_str(secret).is_ok()).then_some((service, secret))
}
