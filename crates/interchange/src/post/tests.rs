//! Carriers tried against small ones of our own, over real sockets: what they are given, and what becomes of what they answer.

use super::{Carriers, Post};
use access::Act;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::any;
use families::facts::{self, Kind, NewFact};
use families::people;
use frontline::notices::notice::{NewSafeContact, Safe};
use frontline::notices::{self, safe};
use frontline::referrals::{self, ReferralId};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use testkit::{TestWorld, on_both_engines};

const KEY: &str = "family_help-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";
/// It is asked first whether it has the message.
const NONE: &str = r#"{"notifications":[],"links":{}}"#;
const ID: &str = "740e5834-3a29-46b4-9a6f-16142fde533a";

type Heard = Arc<Mutex<Vec<String>>>;

/// A mail server that answers every recipient with these words, and keeps what it was sent.
fn mail_server(to_recipients: &'static str) -> (String, Heard) {
    let (server, heard) = (TcpListener::bind("127.0.0.1:0").unwrap(), Heard::default());
    let (address, kept) = (server.local_addr().unwrap(), Arc::clone(&heard));
    std::thread::spawn(move || {
        for stream in server.incoming() {
            serve_mail(&stream.unwrap(), to_recipients, &kept);
        }
    });
    (format!("smtp://{address}"), heard)
}

fn serve_mail(mut stream: &TcpStream, to_recipients: &str, kept: &Heard) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut say = |words: &str| stream.write_all(format!("{words}\r\n").as_bytes()).unwrap();
    say("220 ready");
    while let Some(Ok(line)) = lines.next() {
        match line.get(..4).unwrap_or_default() {
            "EHLO" => say("250 here"),
            "RCPT" => say(to_recipients),
            "DATA" => {
                say("354 go on");
                let message: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                kept.lock().unwrap().push(message.join("\n"));
                say("250 kept");
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 yes"),
        }
    }
}

/// GOV.UK Notify as far as we ask it: each call is answered by the next of these, and kept with who asks.
async fn notify(answers: &'static [(u16, &'static str)]) -> (String, Heard) {
    let heard = Heard::default();
    async fn answer(
        State((heard, answers)): State<(Heard, &'static [(u16, &'static str)])>,
        uri: Uri,
        headers: HeaderMap,
        body: String,
    ) -> (StatusCode, &'static str) {
        let mut heard = heard.lock().unwrap();
        let (code, text) = answers[heard.len().min(answers.len() - 1)];
        heard.push(format!("{uri} {} {body}", headers["authorization"].to_str().unwrap()));
        (StatusCode::from_u16(code).unwrap(), text)
    }
    let app = Router::new().fallback(any(answer)).with_state((Arc::clone(&heard), answers));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (base, heard)
}

/// Helen asked a service for Amy, who said which way is safe, and it accepted.
async fn news(w: &TestWorld, safe_way: Safe) -> ReferralId {
    let mut ctx = w.ctx("Helen").await;
    let person = people::create(&mut ctx).await.unwrap();
    let (_, permit) = people::open(&mut ctx, Act::RecordContact, person).await.unwrap();
    facts::record(&mut ctx, &permit, NewFact::name(person, "Amy", "Barlow")).await.unwrap();
    let phone = facts::record(&mut ctx, &permit, NewFact::plain(person, Kind::Phone, "", "07700 900123")).await.unwrap();
    let email = facts::record(&mut ctx, &permit, NewFact::plain(person, Kind::Email, "", "amy@barlow.example")).await.unwrap();
    facts::works_with(&mut ctx, &permit, "tenancy", None).await.unwrap();
    let fact = Some(if safe_way == Safe::Sms { phone } else { email });
    let said = NewSafeContact { safe: safe_way, fact, from_hour: 0, to_hour: 24, words: String::new() };
    safe::say(&mut ctx, &w.area, person, said).await.unwrap();
    let new = referrals::referral::NewReferral {
        person,
        contact: None,
        service: "tenancy_support".to_owned(),
        need: "debt".to_owned(),
        words: String::new(),
        items: Vec::new(),
    };
    notices::actions::choose(&mut ctx, false).await.unwrap();
    let id = referrals::ask(&mut ctx, &w.area, new).await.unwrap();
    ctx.commit().await.unwrap();
    let mut ctx = w.ctx("Owen").await;
    notices::actions::choose(&mut ctx, false).await.unwrap();
    referrals::accept(&mut ctx, &w.area, id, 1).await.unwrap();
    ctx.commit().await.unwrap();
    id
}

/// How Amy was told, and why not where she was not.
async fn told(w: &TestWorld, id: ReferralId) -> (notices::State, String) {
    let mut ctx = w.ctx("Helen").await;
    let opened = referrals::load(&mut ctx, id).await.unwrap();
    (opened.notices[0].state, opened.notices[0].problem.clone())
}

fn post(w: &TestWorld, smtp: Option<String>, notify_url: Option<String>) -> Arc<Post> {
    let mut notices = w.area.notices.clone();
    notices.notify_sms_template = ID.to_owned();
    let notify_key = notify_url.as_ref().map(|_| KEY.to_owned());
    let carriers = Carriers { smtp, notify_key, notify_url: notify_url.unwrap_or_default() };
    Arc::new(Post::open(&carriers, &notices).unwrap())
}

async fn round(w: &TestWorld, post: &Arc<Post>) {
    super::run::round(&w.world, &w.area, post).await.unwrap();
}

#[tokio::test]
async fn an_e_mail_names_nobody_and_carries_its_way_out_and_a_name_of_its_own() {
    on_both_engines(async |w: TestWorld| {
        let (smtp, heard) = mail_server("250 yes");
        let id = news(&w, Safe::Email).await;
        round(&w, &post(&w, Some(smtp), None)).await;
        assert_eq!(told(&w, id).await.0, notices::State::Sent);
        let messages = heard.lock().unwrap().clone();
        assert_eq!(messages.len(), 1, "{messages:?}");
        let stop = "List-Unsubscribe: <https://think-family.example/stop/";
        for part in [
            "To: amy@barlow.example",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Auto-Submitted: auto-generated",
            stop,
        ] {
            assert!(messages[0].contains(part), "{part} in {}", messages[0]);
        }
        assert!(messages[0].contains("Message-ID: <"));
        assert!(!messages[0].contains("Amy B") && !messages[0].contains("debt"));
    })
    .await;
}

#[tokio::test]
async fn notify_that_cannot_be_asked_whether_it_has_a_message_is_given_none() {
    on_both_engines(async |w: TestWorld| {
        let (url, heard) =
            notify(&[(500, "{}"), (500, "{}"), (200, NONE), (201, r#"{"id":"740e5834-3a29-46b4-9a6f-16142fde533a"}"#)]).await;
        let id = news(&w, Safe::Sms).await;
        let post = post(&w, None, Some(url));
        for (wait, state, calls) in
            [(0, notices::State::Waiting, 1), (61, notices::State::Waiting, 2), (241, notices::State::Sent, 4)]
        {
            w.world.clock.advance_seconds(wait);
            round(&w, &post).await;
            assert_eq!(told(&w, id).await.0, state);
            assert_eq!(heard.lock().unwrap().len(), calls);
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_refuses_our_password_is_tried_again() {
    on_both_engines(async |w: TestWorld| {
        let (smtp, _) = mail_server("535 who are you");
        let id = news(&w, Safe::Email).await;
        round(&w, &post(&w, Some(smtp), None)).await;
        assert_eq!(told(&w, id).await.0, notices::State::Waiting);
    })
    .await;
}

/// Rule [3.30]
#[tokio::test]
async fn what_a_mail_server_answers_is_said_in_our_words_because_its_own_repeat_the_address() {
    on_both_engines(async |w: TestWorld| {
        let (smtp, heard) = mail_server("550 no such user amy@barlow.example");
        let id = news(&w, Safe::Email).await;
        round(&w, &post(&w, Some(smtp), None)).await;
        let (state, problem) = told(&w, id).await;
        assert_eq!(state, notices::State::ToTell, "somebody tells her");
        assert!(!problem.contains("barlow"), "{problem}");
        assert!(heard.lock().unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_or_has_no_time_is_tried_again() {
    on_both_engines(async |w: TestWorld| {
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let id = news(&w, Safe::Email).await;
        round(&w, &post(&w, Some(format!("smtp://{gone}")), None)).await;
        assert_eq!(told(&w, id).await.0, notices::State::Waiting);
        let (busy, _) = mail_server("451 later");
        w.world.clock.advance_seconds(61);
        round(&w, &post(&w, Some(busy), None)).await;
        assert_eq!(told(&w, id).await.0, notices::State::Waiting);
        let (smtp, heard) = mail_server("250 yes");
        w.world.clock.advance_seconds(241);
        round(&w, &post(&w, Some(smtp), None)).await;
        assert_eq!(told(&w, id).await.0, notices::State::Sent);
        assert_eq!(heard.lock().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn notify_is_asked_as_it_says_and_what_it_says_of_delivery_is_kept() {
    on_both_engines(async |w: TestWorld| {
        let answers = &[
            (201, r#"{"id":"740e5834-3a29-46b4-9a6f-16142fde533a"}"#),
            (200, r#"{"id":"740e5834-3a29-46b4-9a6f-16142fde533a","status":"sending"}"#),
            (200, r#"{"id":"740e5834-3a29-46b4-9a6f-16142fde533a","status":"delivered"}"#),
        ];
        let (url, heard) = notify(answers).await;
        let id = news(&w, Safe::Sms).await;
        let post = post(&w, None, Some(url));
        round(&w, &post).await;
        assert_eq!(told(&w, id).await.0, notices::State::Sent);
        for state in [notices::State::Sent, notices::State::Delivered] {
            w.world.clock.advance_seconds(601);
            round(&w, &post).await;
            assert_eq!(told(&w, id).await.0, state);
        }
        let heard = heard.lock().unwrap().clone();
        let (path, body) = heard[0].split_once(" Bearer ").unwrap();
        assert_eq!(path, "/v2/notifications/sms");
        let (token, body) = body.split_once(' ').unwrap();
        is_signed(token);
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((body["phone_number"].as_str(), body["template_id"].as_str()), (Some("+447700900123"), Some(ID)));
        let words = body["personalisation"]["message"].as_str().unwrap();
        assert!(words.contains("/stop/") && !words.contains("Amy"), "{words}");
        assert!(heard[1].starts_with(&format!("/v2/notifications/{ID} ")), "{}", heard[1]);
    })
    .await;
}

/// RFC 7515: three parts, signed by the secret of the key and by nothing else of it.
fn is_signed(token: &str) {
    use base64::Engine as _;
    let (said, signature) = token.rsplit_once('.').unwrap();
    let read = |part: &str| base64::prelude::BASE64_URL_SAFE_NO_PAD.decode(part).unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, b"3d844edf-8d35-48ac-975b-e847b4f122b0");
    ring::hmac::verify(&key, said.as_bytes(), &read(signature)).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&read(said.split_once('.').unwrap().1)).unwrap();
    assert_eq!(claims["iss"], "26785a09-ab16-4eb0-8407-a37497a57506");
}

#[tokio::test]
async fn notify_that_refuses_a_number_is_final_and_one_that_is_ill_is_tried_again() {
    on_both_engines(async |w: TestWorld| {
        let (url, _) = notify(&[(500, "{}"), (200, NONE), (429, "{}"), (200, NONE), (403, "{}"), (200, NONE), (400, "{}")]).await;
        let id = news(&w, Safe::Sms).await;
        let post = post(&w, None, Some(url));
        for (wait, state) in [
            (0, notices::State::Waiting),
            (61, notices::State::Waiting),
            (241, notices::State::Waiting),
            (961, notices::State::ToTell),
        ] {
            w.world.clock.advance_seconds(wait);
            round(&w, &post).await;
            assert_eq!(told(&w, id).await.0, state);
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_that_ended_while_it_sent_asks_notify_before_it_sends_again() {
    on_both_engines(async |w: TestWorld| {
        let known =
            &[(200, r#"{"notifications":[{"id":"740e5834-3a29-46b4-9a6f-16142fde533a","status":"sending"}],"links":{}}"#)];
        let (url, heard) = notify(known).await;
        let id = news(&w, Safe::Sms).await;
        // It claims the message, and ends before it keeps what became of it.
        for due in notices::outgoing::due(&w.world).await.unwrap() {
            notices::outgoing::claim(&w.world, &w.area, &due).await.unwrap();
        }
        w.world.clock.advance_seconds(301);
        round(&w, &post(&w, None, Some(url))).await;
        assert_eq!(told(&w, id).await.0, notices::State::Sent);
        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.len(), 1, "it was there: nothing is sent twice");
        assert!(heard[0].starts_with("/v2/notifications?reference="), "{}", heard[0]);
    })
    .await;
}

#[tokio::test]
async fn where_nothing_can_be_sent_somebody_tells_them() {
    on_both_engines(async |w: TestWorld| {
        let id = news(&w, Safe::Sms).await;
        round(&w, &post(&w, None, None)).await;
        assert_eq!(told(&w, id).await, (notices::State::ToTell, "No text messages can be sent from here".to_owned()));
    })
    .await;
}

#[test]
fn a_key_or_an_address_that_does_not_read_is_said_and_not_repeated() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    for (smtp, key) in [(Some("mail:secret@nowhere"), None), (None, Some("a-secret-key"))] {
        let carriers = Carriers {
            smtp: smtp.map(str::to_owned),
            notify_key: key.map(str::to_owned),
            notify_url: "http://localhost".to_owned(),
        };
        let fault = Post::open(&carriers, &area.notices).unwrap_err();
        assert!(!fault.contains("secret@") && !fault.contains("a-secret"), "{fault}");
    }
}

/// Rule [3.30]
#[test]
fn nothing_leaves_in_the_open_but_to_this_very_machine() {
    let area = area::Area::load(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../areas/example")).unwrap();
    let open = |smtp: Option<&str>, notify_url: &str| {
        let notify_key = (!notify_url.is_empty()).then(|| KEY.to_owned());
        let carriers = Carriers { smtp: smtp.map(str::to_owned), notify_key, notify_url: notify_url.to_owned() };
        Post::open(&carriers, &area.notices).is_ok()
    };
    for guarded in
        ["smtps://u:p@mail.example", "smtp://mail.example:587?tls=required", "smtp://127.0.0.1:2525", "smtp://localhost:25"]
    {
        assert!(open(Some(guarded), ""), "{guarded}");
    }
    for in_the_open in ["smtp://mail.example", "smtp://u:p@mail.example:587", "smtp://mail.example?tls=opportunistic"] {
        assert!(!open(Some(in_the_open), ""), "{in_the_open}");
    }
    assert!(open(None, "https://api.notifications.service.gov.uk"));
    assert!(!open(None, "http://notify.example"));
}
