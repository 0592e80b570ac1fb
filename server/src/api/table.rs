//! One route: its method and path, who may use it, and what the documents say of it. The router, the test that walks
//! it and the OpenAPI document are made from the same list.

use super::Api;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use domain::auth::Act;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Without a token.
    Public,
    /// Any person who is signed in.
    Person,
    /// A person who may do this.
    May(Act),
    /// Any person with a password session.
    Oneself,
    /// A device, by its own token.
    Device,
    /// Whoever has a code, is at the same machine in a demo, or may do this.
    Enrol(Act),
    /// Whoever comes first at an empty hub, and then a person who may do this.
    Register(Act),
}

#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub who: Who,
    pub does: &'static str,
    /// The schema of the body that it takes.
    pub takes: Option<&'static str>,
    /// The status of success, and the schema of what comes with it.
    pub gives: (u16, Option<&'static str>),
    /// What its query may hold.
    pub query: &'static [&'static str],
    pub(super) handler: MethodRouter<Api>,
}

fn route<H, T>(method: Method, filter: MethodFilter, path: &'static str, handler: H) -> Route
where
    H: Handler<T, Api>,
    T: 'static,
{
    Route {
        method,
        path,
        who: Who::Person,
        does: "",
        takes: None,
        gives: (200, None),
        query: &[],
        handler: on(filter, handler),
    }
}

macro_rules! methods {
    ($($name:ident $method:ident),+) => {$(
        pub(super) fn $name<H, T>(path: &'static str, handler: H) -> Route
        where
            H: Handler<T, Api>,
            T: 'static,
        {
            route(Method::$method, MethodFilter::$method, path, handler)
        }
    )+};
}
methods!(get GET, post POST, patch PATCH, delete DELETE);

impl Route {
    pub(super) fn who(mut self, who: Who) -> Self {
        self.who = who;
        self
    }

    pub(super) fn public(self) -> Self {
        self.who(Who::Public)
    }

    pub(super) fn device(self) -> Self {
        self.who(Who::Device)
    }

    pub(super) fn may(self, act: Act) -> Self {
        self.who(Who::May(act))
    }

    pub(super) fn does(mut self, does: &'static str) -> Self {
        self.does = does;
        self
    }

    pub(super) fn takes(mut self, schema: &'static str) -> Self {
        self.takes = Some(schema);
        self
    }

    pub(super) fn gives(mut self, schema: &'static str) -> Self {
        self.gives.1 = Some(schema);
        self
    }

    /// 201 with the new thing.
    pub(super) fn makes(mut self, schema: &'static str) -> Self {
        self.gives = (201, Some(schema));
        self
    }

    /// 204.
    pub(super) fn ends(mut self) -> Self {
        self.gives = (204, None);
        self
    }

    pub(super) fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }
}
