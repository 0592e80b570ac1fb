//! People: who works here, what they are called, what they sign in with.

use super::actor::{Actor, ManageRestaurant, known};
use super::login::checked;
use super::{May, Person, secret};
use crate::api::body::{Asked, Id, Shape};
use crate::api::list::{self, Page};
use crate::api::shapes::{self, UserShape};
use crate::api::write::{rendered, write_with};
use crate::api::{Api, read};
use crate::founding::{self, First};
use crate::handle::{Busy, Rendered, Side};
use crate::problem::{FieldError, Problem};
use crate::store::aggregates::{self, Wanted};
use crate::store::credentials::{self, Credential};
use crate::store::lease;
use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use domain::auth::{Act, AddPerson, ChangePerson, Role};
use domain::ids::PersonId;
use domain::text::{Name, Username};
use domain::{Command, Key};
use serde::Deserialize;
use uuid::Uuid;

/// Whoever may register somebody: an admin or, where there is nobody yet, whoever comes first.
#[derive(Debug)]
pub struct Registrar(Option<Person>);

impl FromRequestParts<Api> for Registrar {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        match known(parts, api).await? {
            Some(Actor::Person(by)) if by.may(Act::ManageRestaurant) => Ok(Self(Some(by))),
            Some(Actor::Device(by)) if by.revoked => Err(Problem::unauthorized("device_revoked")),
            Some(Actor::Person(_) | Actor::Device(_)) => Err(Problem::forbidden()),
            None => nobody_yet(api).await.map(|()| Self(None)),
        }
    }
}

async fn nobody_yet(api: &Api) -> Result<(), Problem> {
    let empty = founding::is_empty(&api.hub).await;
    if empty.map_err(|e| Problem::database(&e))? {
        Ok(())
    } else {
        Err(Problem::unauthorized("unauthorized"))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewUser {
    username: String,
    password: String,
    full_name: String,
    role: String,
}

/// A new user whose every field can be.
struct Registered {
    username: Username,
    password: String,
    full_name: Name,
    role: Role,
}

impl NewUser {
    fn read(self) -> Result<Registered, Problem> {
        let mut bad = Vec::new();
        let username = field(&mut bad, "username", Username::new(self.username));
        let full_name = field(&mut bad, "fullName", Name::new(self.full_name));
        bad.extend(secret::password("password", &self.password).err());
        let role = role(&self.role).map_err(|error| bad.push(error)).ok();
        match (username, full_name, role) {
            (Some(username), Some(full_name), Some(role)) if bad.is_empty() => Ok(Registered {
                username,
                password: self.password,
                full_name,
                role,
            }),
            _ => Err(Problem::invalid(bad)),
        }
    }
}

fn field<T>(
    bad: &mut Vec<FieldError>,
    name: &str,
    read: Result<T, domain::text::BadValue>,
) -> Option<T> {
    read.map_err(|why| bad.push(FieldError::new(name, why.code(), why.to_string())))
        .ok()
}

fn role(text: &str) -> Result<Role, FieldError> {
    Role::parse(text)
        .ok_or_else(|| FieldError::new("role", "unknown", "admin, manager, staff or kitchen"))
}

async fn hashed(api: &Api, secret: String) -> Result<String, Problem> {
    api.passwords.hash(secret).await.map_err(|error| {
        tracing::error!(%error, "a password could not be hashed");
        Problem::busy(Busy::Trouble)
    })
}

pub async fn register(
    State(api): State<Api>,
    Registrar(by): Registrar,
    body: Shape<NewUser>,
) -> Result<Response, Problem> {
    let new = body.value.read()?;
    let id = PersonId(api.hub.world.id());
    let Some(by) = by else {
        return register_first(&api, id, new).await;
    };
    let password = hashed(&api, new.password).await?;
    let side = Side::Credential {
        username: new.username.as_str().to_owned(),
        credential: Credential {
            restaurant: by.restaurant,
            person: id,
            password,
            pin: None,
        },
    };
    let command = AddPerson {
        id,
        username: new.username,
        full_name: new.full_name,
        role: new.role,
    };
    let answer = move |state: &domain::State| user(state, id, Some(location(id)));
    write_with(&api, &by, None, command.into(), vec![side], answer).await
}

fn location(id: PersonId) -> String {
    format!("/api/v1/auth/users/{id}")
}

fn user(state: &domain::State, id: PersonId, location: Option<String>) -> Rendered {
    rendered(state.person(id).map(shapes::user), location)
}

/// The very first one founds the restaurant, and is its admin.
async fn register_first(api: &Api, id: PersonId, new: Registered) -> Result<Response, Problem> {
    if new.role != Role::Admin {
        let why = "the first one has to be an admin";
        return Err(Problem::invalid(vec![FieldError::new(
            "role",
            "must_be_admin",
            why,
        )]));
    }
    let password = hashed(api, new.password).await?;
    let _alone = api.founding.lock().await;
    let of_all = lease::founding(&api.hub.db).await;
    let _of_all = of_all.map_err(|e| Problem::database(&e))?;
    nobody_yet(api).await?;
    let first = First {
        id,
        username: new.username,
        full_name: new.full_name,
        password,
    };
    let trouble = |error: anyhow::Error| {
        tracing::error!(
            error = format!("{error:#}"),
            "the restaurant could not be founded"
        );
        Problem::busy(Busy::Trouble)
    };
    let name = Name::new("Restaurant").map_err(|e| trouble(e.into()))?;
    let restaurant = founding::first(&api.hub, name, first)
        .await
        .map_err(trouble)?;
    let person = one_of(api, restaurant, id).await?;
    let created = axum::http::StatusCode::CREATED;
    let header = [(axum::http::header::LOCATION, location(id))];
    Ok((created, header, Json(person)).into_response())
}

async fn one_of(
    api: &Api,
    restaurant: domain::ids::RestaurantId,
    id: PersonId,
) -> Result<UserShape, Problem> {
    let read = async {
        let mut tx = api.hub.db.read().await?;
        read::one::<domain::auth::Person>(&mut tx, restaurant, Key::Person(id)).await
    };
    let person = read.await.map_err(|e| Problem::database(&e))?;
    let person = person.ok_or_else(|| Problem::not_found("user"))?;
    Ok(shapes::user(&person))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    limit: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    Asked(query): Asked<Query>,
) -> Result<Json<Page<UserShape>>, Problem> {
    let limit = list::limit(query.limit.as_deref())?;
    let wanted = Wanted {
        kind: "person",
        after: list::after(query.after.as_deref())?,
        limit: Some(limit + 1),
        ..Wanted::default()
    };
    let read = async {
        let mut tx = api.hub.db.read().await?;
        aggregates::list(&mut tx, by.restaurant, &wanted).await
    };
    let rows = read.await.map_err(|e| Problem::database(&e))?;
    Ok(Json(list::page(rows, limit, |found| {
        let person: domain::auth::Person = read::Body::of(found.row.body)?;
        Some(shapes::user(&person))
    })))
}

pub async fn one(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<PersonId>,
) -> Result<Json<UserShape>, Problem> {
    let id = id.of("user")?;
    one_of(&api, by.restaurant, id).await.map(Json)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserChange {
    full_name: Option<String>,
    role: Option<String>,
    is_active: Option<bool>,
    password: Option<String>,
    pin: Option<String>,
}

pub async fn change(
    State(api): State<Api>,
    May(by, _): May<ManageRestaurant>,
    id: Id<PersonId>,
    body: Shape<UserChange>,
) -> Result<Response, Problem> {
    let asked = body.value;
    let mut bad = Vec::new();
    let full_name = asked.full_name.map(Name::new);
    let full_name = full_name.and_then(|name| field(&mut bad, "fullName", name));
    let role = asked.role.as_deref().map(role).transpose();
    let role = role.unwrap_or_else(|error| {
        bad.push(error);
        None
    });
    let (password, pin) = (asked.password, asked.pin);
    let secrets = [
        password
            .as_deref()
            .map(|text| secret::password("password", text)),
        pin.as_deref().map(|text| secret::pin("pin", text)),
    ];
    bad.extend(secrets.into_iter().flatten().filter_map(Result::err));
    if !bad.is_empty() {
        return Err(Problem::invalid(bad));
    }
    let id = id.of("user")?;
    // Whoever was signed in with what no longer holds signs in again.
    let ends = password.is_some() || asked.is_active == Some(false);
    let mut change = Changed::of(id);
    if let Some(password) = password {
        change.password(&api, password).await?;
    }
    if let Some(pin) = pin {
        change.pin(&api, pin).await?;
    }
    if ends {
        let but = (id == by.id).then_some(by.session);
        change.end_sessions(but);
    }
    change.command.full_name = full_name;
    change.command.role = role;
    change.command.active = asked.is_active;
    change.carry_out(&api, &by).await
}

/// A change of a person, and the side rows that are stored with it.
struct Changed {
    command: ChangePerson,
    side: Vec<Side>,
}

impl Changed {
    fn of(id: PersonId) -> Self {
        let command = ChangePerson {
            id,
            full_name: None,
            role: None,
            active: None,
            credentials: Vec::new(),
        };
        Self {
            command,
            side: Vec::new(),
        }
    }

    async fn password(&mut self, api: &Api, password: String) -> Result<(), Problem> {
        let (person, hash) = (self.command.id, hashed(api, password).await?);
        self.side.push(Side::Password { person, hash });
        let changed = domain::auth::Credential::Password;
        self.command.credentials.push(changed);
        Ok(())
    }

    async fn pin(&mut self, api: &Api, pin: String) -> Result<(), Problem> {
        let (person, verifier) = (self.command.id, hashed(api, pin).await?);
        self.side.push(Side::Pin { person, verifier });
        self.command.credentials.push(domain::auth::Credential::Pin);
        Ok(())
    }

    fn end_sessions(&mut self, but: Option<Uuid>) {
        let person = self.command.id;
        self.side.push(Side::EndSessions { person, but });
    }

    async fn carry_out(self, api: &Api, by: &Person) -> Result<Response, Problem> {
        let id = self.command.id;
        let command = Command::from(self.command);
        let answer = move |state: &domain::State| user(state, id, None);
        write_with(api, by, None, command, self.side, answer).await
    }
}

pub async fn profile(State(api): State<Api>, by: Person) -> Result<Json<UserShape>, Problem> {
    one_of(&api, by.restaurant, by.id).await.map(Json)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProfileChange {
    full_name: Option<String>,
    password: Option<String>,
    current_password: Option<String>,
}

/// A person with a password session: what a PIN session may not do for others, it may not do for itself.
#[derive(Debug)]
pub struct Oneself(Person);

impl FromRequestParts<Api> for Oneself {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let person = Person::from_request_parts(parts, api).await?;
        match person.device_id {
            None => Ok(Self(person)),
            Some(_) => Err(Problem::forbidden()),
        }
    }
}

pub async fn change_profile(
    State(api): State<Api>,
    Oneself(by): Oneself,
    body: Shape<ProfileChange>,
) -> Result<Response, Problem> {
    let asked = body.value;
    let mut bad = Vec::new();
    let full_name = asked.full_name.map(Name::new);
    let full_name = full_name.and_then(|name| field(&mut bad, "fullName", name));
    if let Some(password) = &asked.password {
        bad.extend(secret::password("password", password).err());
        if asked.current_password.is_none() {
            let why = "a new password needs the one that was good so far";
            bad.push(FieldError::new("currentPassword", "missing", why));
        }
    }
    if !bad.is_empty() {
        return Err(Problem::invalid(bad));
    }
    let mut change = Changed::of(by.id);
    if let (Some(password), Some(current)) = (asked.password, asked.current_password) {
        must_be_password_of(&api, &by, current).await?;
        change.password(&api, password).await?;
        change.end_sessions(Some(by.session));
    }
    change.command.full_name = full_name;
    change.carry_out(&api, &by).await
}

async fn must_be_password_of(api: &Api, by: &Person, password: String) -> Result<(), Problem> {
    let (now, name) = (api.hub.world.now(), by.username.as_str());
    api.limits.again(name, now).map_err(Problem::slow_down)?;
    let read = async {
        let mut tx = api.hub.db.read().await?;
        credentials::of_name(&mut tx, name).await
    };
    let found = read.await.map_err(|e| Problem::database(&e))?;
    if checked(api, password, found.map(|found| found.password)).await? {
        return Ok(());
    }
    api.limits.failed(name, now);
    let why = "this is not the password";
    let errors = vec![FieldError::new("currentPassword", "wrong", why)];
    Err(Problem::invalid(errors))
}
