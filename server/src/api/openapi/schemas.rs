//! The shapes of the outside contract, as OpenAPI and AsyncAPI describe them.

use serde_json::{Map, Value, json};

/// What a field holds, in the little language of `schema`: `[X]` a list of X, `X?` an X or null, `a|b` one of these
/// words; a name with a capital is another shape. A field whose own name ends in `?` may be left out.
pub type Fields = &'static [(&'static str, &'static str)];

const ENUMS: &[(&str, &[&str])] = &[
    ("Role", &["admin", "manager", "staff", "kitchen"]),
    ("DeviceKind", &["waiter", "kitchen", "office"]),
    (
        "ItemStatus",
        &["draft", "sent", "preparing", "ready", "served", "voided"],
    ),
    (
        "OrderState",
        &[
            "open",
            "sent",
            "preparing",
            "ready",
            "served",
            "completed",
            "cancelled",
        ],
    ),
    ("TicketStatus", &["new", "preparing", "ready", "bumped"]),
    (
        "TableStatus",
        &["free", "occupied", "ready", "bill", "attention"],
    ),
    ("BillStatus", &["open", "paid", "refunded", "void"]),
    ("Method", &["cash", "card", "voucher"]),
];

/// What a request may hold: nothing else is taken.
const REQUESTS: &[(&str, Fields)] = &[
    ("Login", &[("username", "string"), ("password", "string")]),
    ("PinLogin", &[("username", "string"), ("pin", "string")]),
    ("Refresh", &[("refreshToken", "string")]),
    (
        "NewUser",
        &[
            ("username", "name"),
            ("password", "password"),
            ("fullName", "name"),
            ("role", "Role"),
        ],
    ),
    (
        "UserChange",
        &[
            ("fullName?", "name"),
            ("role?", "Role"),
            ("isActive?", "boolean"),
            ("password?", "password"),
            ("pin?", "pin"),
        ],
    ),
    (
        "ProfileChange",
        &[
            ("fullName?", "name"),
            ("password?", "password"),
            ("currentPassword?", "string"),
        ],
    ),
    ("NewCode", &[("kind", "DeviceKind")]),
    (
        "NewDevice",
        &[
            ("name", "name"),
            ("kind", "DeviceKind"),
            ("code?", "string"),
            ("id?", "uuid"),
            ("forkOf?", "uuid"),
        ],
    ),
    ("DeviceChange", &[("name", "name")]),
    (
        "SettingsChange",
        &[
            ("name?", "name"),
            ("currency?", "currency"),
            ("zone?", "string"),
            ("language?", "string"),
            ("dayStart?", "clock"),
            ("pricesIncludeTax?", "boolean"),
        ],
    ),
    (
        "NewTable",
        &[
            ("id?", "uuid"),
            ("name", "name"),
            ("room", "name"),
            ("seats", "integer"),
            ("position?", "integer"),
            ("spot?", "NewSpot"),
        ],
    ),
    (
        "NewSpot",
        &[
            ("x", "integer"),
            ("y", "integer"),
            ("width", "integer"),
            ("height", "integer"),
            ("round", "boolean"),
        ],
    ),
    (
        "TableChange",
        &[
            ("name?", "name"),
            ("room?", "name"),
            ("seats?", "integer"),
            ("position?", "integer"),
            ("spot?", "NewSpot"),
        ],
    ),
    (
        "NewCategory",
        &[("id?", "uuid"), ("name", "name"), ("position?", "integer")],
    ),
    (
        "CategoryChange",
        &[("name?", "name"), ("position?", "integer")],
    ),
    (
        "NewDish",
        &[
            ("id?", "uuid"),
            ("categoryId", "uuid"),
            ("name", "name"),
            ("price", "integer"),
            ("kitchenName?", "string?"),
            ("description?", "string?"),
            ("taxRate?", "rate"),
            ("allergens?", "[string]"),
            ("available?", "boolean"),
            ("remaining?", "integer?"),
            ("modifierGroupIds?", "[uuid]"),
            ("stations?", "[string]"),
            ("position?", "integer"),
        ],
    ),
    (
        "DishChange",
        &[
            ("categoryId?", "uuid"),
            ("name?", "name"),
            ("price?", "integer"),
            ("priceWas?", "integer"),
            ("kitchenName?", "string?"),
            ("description?", "string?"),
            ("taxRate?", "rate"),
            ("allergens?", "[string]"),
            ("available?", "boolean"),
            ("remaining?", "integer?"),
            ("modifierGroupIds?", "[uuid]"),
            ("stations?", "[string]"),
            ("position?", "integer"),
        ],
    ),
    (
        "NewOption",
        &[("id?", "uuid"), ("name", "name"), ("price?", "integer")],
    ),
    (
        "NewModifierGroup",
        &[
            ("id?", "uuid"),
            ("name", "name"),
            ("min?", "integer"),
            ("max?", "integer"),
            ("options", "[NewOption]"),
        ],
    ),
    (
        "ModifierGroupChange",
        &[
            ("name?", "name"),
            ("min?", "integer"),
            ("max?", "integer"),
            ("options?", "[NewOption]"),
        ],
    ),
    (
        "Availability",
        &[("available", "boolean"), ("remaining?", "integer?")],
    ),
    (
        "NewItem",
        &[
            ("id?", "uuid"),
            ("dishId", "uuid"),
            ("quantity", "count"),
            ("modifiers?", "[uuid]?"),
            ("note?", "note"),
            ("seat?", "seat"),
            ("course?", "course"),
        ],
    ),
    (
        "NewOrder",
        &[
            ("id?", "uuid?"),
            ("tableId", "uuid"),
            ("guests", "count"),
            ("items", "[NewItem]"),
            ("send?", "boolean?"),
        ],
    ),
    ("NewItems", &[("items", "[NewItem]"), ("send?", "boolean?")]),
    (
        "ItemChange",
        &[
            ("quantity?", "count"),
            ("note?", "note"),
            ("seat?", "seat"),
            ("course?", "course"),
            ("status?", "served|voided"),
            ("reason?", "string?"),
        ],
    ),
    (
        "OrderStatus",
        &[("status", "served|cancelled"), ("reason?", "string?")],
    ),
    (
        "ItemStage",
        &[("status", "preparing|ready"), ("station?", "string?")],
    ),
    ("NewBill", &[("id?", "uuid"), ("orderId", "uuid")]),
    (
        "NewPayment",
        &[
            ("id?", "uuid"),
            ("method", "Method"),
            ("amount", "integer"),
            ("tip?", "integer"),
            ("tendered?", "integer"),
        ],
    ),
];

/// What an answer holds at least. What is money is left out for the role `kitchen`, and so may be missing.
const ANSWERS: &[(&str, Fields)] = &[
    (
        "Problem",
        &[
            ("type", "string"),
            ("title", "string"),
            ("status", "integer"),
            ("code", "string"),
            ("detail", "string"),
            ("requestId", "string?"),
            ("errors?", "[FieldError]"),
        ],
    ),
    (
        "FieldError",
        &[
            ("field", "string"),
            ("code", "string"),
            ("message", "string"),
        ],
    ),
    (
        "User",
        &[
            ("id", "uuid"),
            ("username", "string"),
            ("fullName", "string"),
            ("role", "Role"),
            ("isActive", "boolean"),
            ("createdAt", "time"),
            ("updatedAt", "time"),
        ],
    ),
    (
        "Session",
        &[
            ("accessToken", "string"),
            ("refreshToken", "string"),
            ("expiresIn", "integer"),
            ("user", "User"),
        ],
    ),
    ("Jwks", &[("keys", "[object]")]),
    (
        "Recovery",
        &[
            ("phase", "string"),
            ("why", "string?"),
            ("devices", "[AwaitedDevice]"),
        ],
    ),
    (
        "AwaitedDevice",
        &[
            ("deviceId", "uuid"),
            ("name", "string"),
            ("kind", "DeviceKind"),
            ("lastSeenAt", "time?"),
            ("reported", "boolean"),
            ("signed", "boolean"),
        ],
    ),
    ("NamedReport", &[("deviceId", "uuid")]),
    ("DeviceCode", &[("code", "string"), ("expiresAt", "time")]),
    (
        "Enrolled",
        &[
            ("deviceId", "uuid"),
            ("deviceToken", "string"),
            ("restaurantId", "uuid"),
            ("positionKey", "string"),
        ],
    ),
    (
        "Device",
        &[
            ("id", "uuid"),
            ("name", "string"),
            ("kind", "DeviceKind"),
            ("forkOf", "uuid?"),
            ("enrolledAt", "time"),
            ("revokedAt", "time?"),
            ("lastSeenAt", "time?"),
            ("queuePosition", "integer"),
        ],
    ),
    (
        "Settings",
        &[
            ("name", "string"),
            ("currency", "string"),
            ("zone", "string"),
            ("language", "string"),
            ("dayStart", "clock"),
            ("pricesIncludeTax", "boolean"),
        ],
    ),
    (
        "Table",
        &[
            ("id", "uuid"),
            ("name", "string"),
            ("room", "string?"),
            ("seats", "integer"),
            ("status", "TableStatus"),
            ("orderIds", "[uuid]"),
        ],
    ),
    (
        "Category",
        &[("id", "uuid"), ("name", "string"), ("position", "integer")],
    ),
    (
        "Dish",
        &[
            ("id", "uuid"),
            ("categoryId", "uuid"),
            ("name", "string"),
            ("kitchenName", "string?"),
            ("description", "string?"),
            ("price?", "integer"),
            ("taxRate?", "rate"),
            ("allergens", "[string]"),
            ("available", "boolean"),
            ("remaining", "integer?"),
            ("modifierGroupIds", "[uuid]"),
            ("stations", "[string]"),
        ],
    ),
    (
        "Option",
        &[("id", "uuid"), ("name", "string"), ("price?", "integer")],
    ),
    (
        "ModifierGroup",
        &[
            ("id", "uuid"),
            ("name", "string"),
            ("min", "integer"),
            ("max", "integer"),
            ("options", "[Option]"),
        ],
    ),
    (
        "Menu",
        &[
            ("revision", "integer"),
            ("categories", "[Category]"),
            ("dishes", "[Dish]"),
            ("modifierGroups", "[ModifierGroup]"),
        ],
    ),
    (
        "Modifier",
        &[("id", "uuid"), ("name", "string"), ("price?", "integer")],
    ),
    (
        "Item",
        &[
            ("id", "uuid"),
            ("dishId", "uuid"),
            ("name", "string"),
            ("quantity", "integer"),
            ("unitPrice?", "integer"),
            ("modifiers", "[Modifier]"),
            ("note", "string?"),
            ("seat", "integer?"),
            ("course", "integer"),
            ("status", "ItemStatus"),
            ("total?", "integer"),
            ("createdBy", "uuid?"),
            ("createdByName", "string?"),
            ("sentAt", "time?"),
        ],
    ),
    (
        "Order",
        &[
            ("id", "uuid"),
            ("number", "integer?"),
            ("tableId", "uuid?"),
            ("tableName", "string?"),
            ("guests", "integer"),
            ("status", "OrderState"),
            ("items", "[Item]"),
            ("subtotal?", "integer"),
            ("discount?", "integer"),
            ("serviceCharge?", "integer"),
            ("tax?", "integer"),
            ("total?", "integer"),
            ("paid?", "integer"),
            ("due?", "integer"),
            ("currency", "string"),
            ("openedBy", "uuid?"),
            ("openedByName", "string?"),
            ("openedAt", "time"),
            ("updatedAt", "time"),
            ("revision", "integer"),
        ],
    ),
    (
        "TicketLine",
        &[
            ("itemId", "uuid"),
            ("name", "string"),
            ("quantity", "integer"),
            ("modifiers", "[Modifier]"),
            ("note", "string?"),
            ("seat", "integer?"),
            ("allergens", "[string]"),
            ("status", "string"),
        ],
    ),
    (
        "Ticket",
        &[
            ("id", "uuid"),
            ("orderId", "uuid"),
            ("number", "integer?"),
            ("tableName", "string?"),
            ("station", "string"),
            ("course", "integer"),
            ("by", "uuid?"),
            ("byName", "string?"),
            ("firedAt", "time"),
            ("status", "TicketStatus"),
            ("lines", "[TicketLine]"),
        ],
    ),
    (
        "BillLine",
        &[
            ("itemId", "uuid"),
            ("name", "string"),
            ("quantity", "integer"),
            ("amount", "integer"),
        ],
    ),
    (
        "Tax",
        &[
            ("rate", "rate"),
            ("inclusive", "boolean"),
            ("base", "integer"),
            ("amount", "integer"),
        ],
    ),
    (
        "Payment",
        &[
            ("id", "uuid"),
            ("method", "Method"),
            ("amount", "integer"),
            ("tip", "integer"),
            ("tendered", "integer?"),
            ("change", "integer"),
            ("status", "string"),
            ("by", "uuid?"),
            ("byName", "string?"),
            ("at", "time"),
        ],
    ),
    (
        "Bill",
        &[
            ("id", "uuid"),
            ("orderId", "uuid"),
            ("tableName", "string?"),
            ("number", "integer?"),
            ("series", "integer?"),
            ("status", "BillStatus"),
            ("lines", "[BillLine]"),
            ("subtotal", "integer"),
            ("discount", "integer"),
            ("serviceCharge", "integer"),
            ("taxes", "[Tax]"),
            ("total", "integer"),
            ("tips", "integer"),
            ("paid", "integer"),
            ("due", "integer"),
            ("payments", "[Payment]"),
            ("currency", "string"),
        ],
    ),
    (
        "SalesRow",
        &[
            ("key", "string"),
            ("label", "string"),
            ("orders", "integer"),
            ("guests", "integer"),
            ("quantity", "integer"),
            ("gross", "integer"),
            ("discounts", "integer"),
            ("net", "integer"),
            ("tax", "integer"),
            ("tips", "integer"),
        ],
    ),
    (
        "Sales",
        &[
            ("from", "string"),
            ("to", "string"),
            ("by", "string"),
            ("currency", "string"),
            ("items", "[SalesRow]"),
            ("total", "object"),
        ],
    ),
    (
        "BestSeller",
        &[
            ("dishId", "uuid"),
            ("name", "string"),
            ("quantity", "integer"),
            ("net", "integer"),
        ],
    ),
    ("BestSellers", &[("items", "[BestSeller]")]),
    (
        "CloudEvent",
        &[
            ("specversion", "string"),
            ("id", "uuid"),
            ("source", "string"),
            ("type", "string"),
            ("subject", "string"),
            ("time", "time"),
            ("datacontenttype", "string"),
            ("data", "any"),
            ("epoch", "integer"),
            ("seq", "integer"),
            ("position", "integer"),
        ],
    ),
    ("Trail", &[("orderId", "uuid"), ("items", "[Step]")]),
    (
        "Step",
        &[
            ("id", "uuid"),
            ("seq", "integer"),
            ("at", "time"),
            ("hubAt", "time"),
            ("kind", "string"),
            ("by", "uuid?"),
            ("byName", "string?"),
            ("approvedBy", "uuid?"),
            ("approvedByName", "string?"),
            ("device", "uuid?"),
            ("deviceName", "string?"),
            ("outcome", "applied|rejected|quarantined"),
            ("code", "string?"),
            ("reason", "string?"),
            ("events", "[Happened]"),
        ],
    ),
    (
        "Happened",
        &[
            ("kind", "string"),
            ("items", "[HappenedTo]"),
            ("status", "string?"),
            ("station", "string?"),
            ("name", "string?"),
            ("guests", "integer?"),
            ("number", "integer?"),
            ("method", "string?"),
            ("amount", "integer?"),
            ("tip", "integer?"),
        ],
    ),
    (
        "HappenedTo",
        &[
            ("id", "uuid"),
            ("name", "string?"),
            ("quantity", "integer?"),
        ],
    ),
    ("Events", &[("items", "[CloudEvent]"), ("next", "string")]),
    ("Checks", &[("database", "string"), ("kafka", "string")]),
    (
        "Health",
        &[
            ("status", "string"),
            ("version", "string"),
            ("founded", "boolean"),
            ("checks", "Checks"),
        ],
    ),
];

/// A list that comes page by page.
const PAGES: &[(&str, &str)] = &[
    ("Users", "User"),
    ("Devices", "Device"),
    ("Tables", "Table"),
    ("Categories", "Category"),
    ("Dishes", "Dish"),
    ("ModifierGroups", "ModifierGroup"),
    ("Orders", "Order"),
    ("Tickets", "Ticket"),
    ("Bills", "Bill"),
];

/// Every schema by its name.
pub fn all() -> Map<String, Value> {
    let mut all = Map::new();
    for (name, values) in ENUMS {
        let schema = json!({"type": "string", "enum": values});
        all.insert((*name).to_owned(), schema);
    }
    for (name, fields) in REQUESTS {
        let mut schema = object(fields);
        schema["additionalProperties"] = json!(false);
        // What may be left out may be null as well.
        for (name, _) in fields.iter().filter(|(name, _)| name.ends_with('?')) {
            let field = &mut schema["properties"][name.trim_end_matches('?')];
            *field = nullable(field.take());
        }
        all.insert((*name).to_owned(), schema);
    }
    for (name, fields) in ANSWERS {
        all.insert((*name).to_owned(), object(fields));
    }
    for (name, item) in PAGES {
        let items = json!({"type": "array", "items": reference(item)});
        let next = nullable(json!({"type": "string"}));
        let schema = json!({
            "type": "object",
            "properties": {"items": items, "next": next},
            "required": ["items", "next"],
        });
        all.insert((*name).to_owned(), schema);
    }
    all
}

pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub fn object(fields: &[(&str, &str)]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (name, kind) in fields {
        let key = name.strip_suffix('?').unwrap_or(name);
        if !name.ends_with('?') {
            required.push(key);
        }
        properties.insert(key.to_owned(), schema(kind));
    }
    json!({"type": "object", "properties": properties, "required": required})
}

fn nullable(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "null"}]})
}

fn schema(kind: &str) -> Value {
    if let Some(inner) = kind.strip_suffix('?') {
        return nullable(schema(inner));
    }
    if let Some(inner) = kind
        .strip_prefix('[')
        .and_then(|kind| kind.strip_suffix(']'))
    {
        return json!({"type": "array", "items": schema(inner)});
    }
    if kind.contains('|') {
        let values: Vec<&str> = kind.split('|').collect();
        return json!({"type": "string", "enum": values});
    }
    match kind {
        "uuid" => json!({"type": "string", "format": "uuid"}),
        "time" => json!({"type": "string", "format": "date-time"}),
        "string" => json!({"type": "string"}),
        "name" => json!({"type": "string", "minLength": 1}),
        "password" => json!({"type": "string", "minLength": 8, "maxLength": 128}),
        "pin" => json!({"type": "string", "pattern": "^[0-9]{4,8}$"}),
        "currency" => json!({"type": "string", "pattern": "^[A-Z]{3}$"}),
        "clock" => json!({"type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$"}),
        "rate" => json!({"type": "string", "description": "percent, as a decimal"}),
        "integer" => json!({"type": "integer"}),
        "count" => json!({"type": "integer", "minimum": 1, "maximum": 999}),
        "note" => nullable(json!({"type": "string", "maxLength": 500})),
        "seat" => nullable(json!({"type": "integer", "minimum": 1, "maximum": 99})),
        "course" => nullable(json!({"type": "integer", "minimum": 1, "maximum": 9})),
        "boolean" => json!({"type": "boolean"}),
        "object" => json!({"type": "object"}),
        "any" => json!({}),
        shape => reference(shape),
    }
}
