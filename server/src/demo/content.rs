//! What the demo restaurant is: its people, its rooms, its menu.

use super::DemoPerson;
use domain::auth::Role;

pub(super) struct Plan {
    pub name: &'static str,
    pub tables: &'static [Place],
}

pub(super) struct Place {
    pub name: &'static str,
    pub seats: i64,
    /// x, y, width and height in thousandths of the room.
    pub at: [u16; 4],
    pub round: bool,
}

pub(super) struct Group {
    pub name: &'static str,
    pub tax: &'static str,
    pub stations: &'static [&'static str],
    pub dishes: &'static [Plate],
}

pub(super) struct Plate {
    pub name: &'static str,
    pub kitchen: Option<&'static str>,
    pub price: i64,
    pub allergens: &'static [&'static str],
    pub description: Option<&'static str>,
    /// Modifier groups by name.
    pub choices: &'static [&'static str],
    /// Where it is cooked, if not where its category is.
    pub station: Option<&'static str>,
}

impl Plate {
    const fn with(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    const fn at(mut self, station: &'static str) -> Self {
        self.station = Some(station);
        self
    }

    const fn says(mut self, description: &'static str) -> Self {
        self.description = Some(description);
        self
    }
}

/// What can be chosen with a dish, and what each choice costs.
pub(super) struct Choices {
    pub name: &'static str,
    pub min: u16,
    pub max: u16,
    pub options: &'static [(&'static str, i64)],
}

pub(super) const CHOICES: [Choices; 5] = [
    Choices {
        name: "How cooked",
        min: 1,
        max: 1,
        options: &[
            ("Rare", 0),
            ("Medium rare", 0),
            ("Medium", 0),
            ("Well done", 0),
        ],
    },
    Choices {
        name: "Sauce",
        min: 0,
        max: 2,
        options: &[("Pepper", 200), ("Béarnaise", 250), ("Salsa verde", 200)],
    },
    Choices {
        name: "Extras",
        min: 0,
        max: 3,
        options: &[("Bacon", 250), ("Fried egg", 150), ("More cheese", 200)],
    },
    Choices {
        name: "Pasta",
        min: 0,
        max: 1,
        options: &[("Gluten-free", 200), ("Half portion", -400)],
    },
    Choices {
        name: "Milk",
        min: 0,
        max: 1,
        options: &[("Oat milk", 50), ("Soy milk", 50), ("Lactose-free", 0)],
    },
];

const fn person(
    username: &'static str,
    name: &'static str,
    role: Role,
    pin: &'static str,
) -> DemoPerson {
    DemoPerson {
        username,
        name,
        role,
        pin,
    }
}

pub(super) const PEOPLE: [DemoPerson; 5] = [
    person("admin", "Ada Keller", Role::Admin, "1000"),
    person("manager", "Marta Ruiz", Role::Manager, "2000"),
    person("ana", "Ana Sousa", Role::Staff, "3001"),
    person("ben", "Ben Haddad", Role::Staff, "3002"),
    person("kitchen", "Kim Lindqvist", Role::Kitchen, "4001"),
];

const fn table(name: &'static str, seats: i64, at: [u16; 4], round: bool) -> Place {
    Place {
        name,
        seats,
        at,
        round,
    }
}

pub(super) const ROOMS: [Plan; 2] = [
    Plan {
        name: "Terrace",
        tables: &[
            table("T1", 4, [50, 90, 150, 300], true),
            table("T2", 4, [270, 90, 190, 300], false),
            table("T3", 2, [530, 90, 150, 300], false),
            table("T4", 2, [750, 90, 200, 300], false),
            table("T5", 4, [50, 590, 200, 300], false),
            table("T6", 2, [330, 590, 150, 300], true),
            table("T7", 6, [560, 590, 390, 300], false),
        ],
    },
    Plan {
        name: "Hall",
        tables: &[
            table("H1", 4, [60, 90, 200, 300], false),
            table("H2", 4, [340, 90, 200, 300], false),
            table("H3", 2, [620, 90, 150, 300], true),
            table("H4", 8, [60, 590, 480, 300], false),
            table("H5", 4, [620, 590, 220, 300], true),
        ],
    },
];

const fn dish(name: &'static str, price: i64, allergens: &'static [&'static str]) -> Plate {
    Plate {
        name,
        kitchen: None,
        price,
        allergens,
        description: None,
        choices: &[],
        station: None,
    }
}

const fn named(
    name: &'static str,
    kitchen: &'static str,
    price: i64,
    allergens: &'static [&'static str],
) -> Plate {
    Plate {
        name,
        kitchen: Some(kitchen),
        price,
        allergens,
        description: None,
        choices: &[],
        station: None,
    }
}

pub(super) const CATEGORIES: [Group; 6] = [
    Group {
        name: "Starters",
        tax: "10",
        stations: &["kitchen"],
        dishes: &[
            named("Burrata, peach & basil", "Burrata", 1450, &["Milk"])
                .says("Apulian burrata, grilled peach, basil oil"),
            named("Octopus, potato, paprika", "Octopus", 1600, &["Mollusc"])
                .says("Braised, then seared; smoked paprika"),
            named("Beef tartare", "Tartare", 1750, &["Egg", "Mustard"])
                .says("Cut by hand, with capers and a yolk"),
            named("Sea bass crudo", "Crudo", 1500, &["Fish"])
                .says("Raw, with citrus and olive oil"),
            dish("Tomato salad", 950, &[]).says("Five kinds, red onion, oregano"),
            named("Fried artichokes", "Artichokes", 1100, &[]),
            dish("Soup of the day", 800, &["Celery"]),
            dish("Bread & butter", 350, &["Gluten", "Milk"]),
        ],
    },
    Group {
        name: "Pasta",
        tax: "10",
        stations: &["kitchen"],
        dishes: &[
            named("Tagliatelle, ragù", "Ragù", 1550, &["Gluten", "Egg"])
                .says("Beef and pork, cooked for six hours")
                .with(&["Pasta"]),
            named("Spaghetti, clams", "Vongole", 1800, &["Gluten", "Mollusc"]).with(&["Pasta"]),
            dish("Gnocchi, sage butter", 1450, &["Gluten", "Milk"]),
            dish("Risotto, saffron", 1600, &["Milk"]),
            named(
                "Pappardelle, wild boar",
                "Boar",
                1900,
                &["Gluten", "Egg", "Celery"],
            )
            .with(&["Pasta"]),
            named(
                "Orecchiette, broccoli",
                "Orecchiette",
                1500,
                &["Gluten", "Fish"],
            )
            .says("With anchovy and chilli")
            .with(&["Pasta"]),
        ],
    },
    Group {
        name: "Mains",
        tax: "10",
        stations: &["kitchen"],
        dishes: &[
            named("Rib eye, 300 g", "Rib eye", 3200, &[])
                .says("Dry-aged for four weeks, rosemary salt")
                .with(&["How cooked", "Sauce"])
                .at("grill"),
            named("Sea bass, fennel", "Sea bass", 2600, &["Fish"]),
            named("Chicken, lemon, thyme", "Chicken", 2100, &[]),
            named("Aubergine parmigiana", "Parmigiana", 1700, &["Milk"]),
            named("Tuna steak, capers", "Tuna", 2700, &["Fish"])
                .with(&["How cooked"])
                .at("grill"),
            named("Lamb chops, mint", "Lamb", 2900, &[])
                .with(&["How cooked", "Sauce"])
                .at("grill"),
            named(
                "Burger, fontina",
                "Burger",
                1850,
                &["Gluten", "Milk", "Sesame"],
            )
            .says("Beef, fontina, pickled onion, chips")
            .with(&["Extras"])
            .at("grill"),
        ],
    },
    Group {
        name: "Sides",
        tax: "10",
        stations: &["kitchen"],
        dishes: &[
            dish("Chips", 450, &[]),
            dish("Green salad", 500, &["Mustard"]),
            dish("Roast potatoes", 500, &[]),
            dish("Grilled vegetables", 650, &[]).at("grill"),
        ],
    },
    Group {
        name: "Desserts",
        tax: "10",
        stations: &["kitchen"],
        dishes: &[
            dish("Tiramisù", 800, &["Milk", "Egg", "Gluten"]),
            dish("Panna cotta", 700, &["Milk"]),
            dish("Lemon sorbet", 600, &[]),
            named(
                "Chocolate cake, warm",
                "Cake",
                850,
                &["Milk", "Egg", "Gluten"],
            ),
            dish("Cheese, pear, walnut", 1150, &["Milk", "Nuts"]),
        ],
    },
    Group {
        name: "Drinks",
        tax: "22",
        stations: &["bar"],
        dishes: &[
            named("Sparkling water, 0.75", "Sparkling 0.75", 550, &[]),
            named("Glass of Soave", "Soave", 650, &["Sulphites"]),
            named("Glass of Chianti", "Chianti", 700, &["Sulphites"]),
            dish("Spritz", 850, &["Sulphites"]),
            named("Still water, 0.75", "Still 0.75", 550, &[]),
            named("Glass of Prosecco", "Prosecco", 700, &["Sulphites"]),
            named("Draught beer, 0.4", "Beer", 520, &["Gluten"]),
            dish("Lemonade", 480, &[]),
            dish("Negroni", 1050, &["Sulphites"]),
            dish("Cappuccino", 350, &["Milk"]).with(&["Milk"]),
            dish("Espresso", 250, &[]),
        ],
    },
];
