# Everyday words
close = Close
loading = Loading…
try-again = Try again
dismiss = Dismiss
one-less = One less
one-more = One more
never = never
two-names = { $one } and { $two }
many-names = { $one }, { $two } and { $others ->
    [one] one other
   *[other] { $others } others
}
ago-at = { $age } ago ({ $time })
bad-input = That cannot be: { $what }

# Troubles and refusals
unreadable = This cannot be shown right now
answer-offline = The hub cannot be reached.
not-stored = NOT stored. { $what }
needs-hub = The hub cannot be reached. This needs it once.
trouble-no-answer = This device’s core does not answer.
trouble-core-down = This device’s core keeps stopping.
trouble-other-build = Another window runs another version. Close it, or reload this one.
trouble-no-bridge = This page was not opened the right way.
trouble-disk-full = this device’s disk is full
trouble-revoked = this device is no longer allowed here
trouble-unknown = the hub does not know this device any more
trouble-update-needed = this device needs an update
trouble-hub-behind = the hub was restored to an earlier state
trouble-hub-recovering = the hub was put back and gathers what its devices hold
refused-dish-unavailable = That dish is sold out.
refused-not-allowed = You may not do that on this device.
refused-order-closed = That check is closed.
refused-order-full = That check is full. Open another one.
refused-already-exists = That is there already.
refused-already-paid = That is paid already.
refused-already-sent = That has been sent already.
refused-already-voided = That is voided already.
refused-approval = A manager has to agree.
refused-bill-closed = That bill is closed.
refused-bill-exists = There is a bill already, or nothing to pay.
refused-changed-meanwhile = Somebody changed that meanwhile. Look again.
refused-in-use = It is still in use.
refused-last-admin = Somebody has to be admin.
refused-not-sent = That has not been sent yet.
refused-overpayment = That is more than is due.
refused-username-taken = That user name is taken.
refused-password-session = Sign in with your password first.
refused-sign-in = Sign in again: the hub does not know who holds this device.
refused-not-found = That is not there any more.
refused-device-revoked = This device is shut out.
refused-already-founded = This hub has its restaurant already.
refused-already-revoked = That device is shut out already.
refused-backward = That is further already.
refused-currency-fixed = The currency stays: something was sold in it.
refused-not-bumped = That ticket still stands on the board.
refused-not-enrolled = This device belongs to no hub yet.
refused-unsent = What waits here has to reach its own hub first.
refused-other = Not allowed ({ $code }).

# Link and sync
pill-trouble = Trouble: { $what }
pill-starting = Starting…
pill-waiting = { $count } waiting
pill-offline = offline since { $time }
pill-connecting = connecting…
pill-all-sent = All sent
pill-oldest = oldest { $age }
hub-seconds-ago = Hub { $count } s ago
hub-ago = Hub { $age } ago
sync-title = Link and storage
sync-unknown = This device’s core has not answered yet.
link-online = Online
link-offline = Offline since { $time }
row-link = Link
row-contact = Last heard from the hub
row-waiting = Waiting to be sent
row-oldest = Oldest that waits
row-position = Position in the log
row-build = Version
storage-evictable = The browser may delete this device’s data when its disk is full. Add Comanda to the home screen to prevent it.
update-ready = A new version is ready. It is put in place in a quiet moment.
update-now = Update now
troubles-heading = Troubles of the last day
troubles-none = None.
copy-report = Copy report
copied = Copied
not-copied = Could not be copied

# Enrolment and sign-in
enrol-title = Add this device
enrol-body = Ask a manager for a code. It is made under Devices.
enrol-anew = Ask a manager for a code and add this device again. Nothing that it holds is lost.
enrol-name = Name of this device
enrol-code = Code
enrol-do = Add device
enrol-busy = Adding…
enrol-bad-code = That code is not valid, or no longer.
first-title = A new restaurant
first-body = This hub belongs to nobody yet. Menu and floor come next.
first-restaurant = Name of the restaurant
first-currency = Currency
first-zone = Time zone
first-admin = The first admin
first-name = Full name
first-password = Password, 8 characters or more
first-do = Open the restaurant
first-busy = Opening…
demo-starting = Setting up the demo…
demo-retrying = { $why } Trying again…
demo-device-app = Browser · app
demo-device-kitchen = Browser · kitchen
demo-device-office = Browser · office
sign-in-title = Who is working?
sign-in-empty = Nobody is known here yet
sign-in-empty-body = People appear as soon as this device has heard from the hub.
sign-in-other = Sign in by name
sign-in-password = Password
sign-in-username = User name
sign-in-do = Sign in
sign-in-busy = Signing in…
sign-in-wrong = Name or password is wrong.
sign-in-too-often = Too many tries. Wait a minute.
sign-out = Sign out
role-admin = Admin
role-manager = Manager
role-staff = Service
role-kitchen = Kitchen

# This device
theme = Light or dark
theme-system = As the system
theme-light = Light
theme-dark = Dark
language = Language
language-restaurant = The restaurant’s
person-menu = { $name }: sign out, language, light or dark

# Floor
floor = Floor
rooms = Rooms
tables = { $count ->
    [one] 1 table
   *[other] { $count } tables
}
guests = { $count ->
    [one] 1 guest
   *[other] { $count } guests
}
seats = { $count ->
    [one] 1 seat
   *[other] { $count } seats
}
as-plan = Plan
as-list = List
needs-you = Needs you
floor-empty = No tables yet
floor-empty-body = They appear here as soon as the floor has been laid out.
table-free = Free
table-seated = Seated
table-not-sent = { $count } not sent
table-not-in-kitchen = Not in the kitchen
table-ordered = Ordered
table-bill = Bill asked
table-ready = { $count } ready
table-attention = Needs a look
ready-call = { $place } · { $count } ready to carry
table-waits = Not at the hub yet
table-nothing-ordered = Nothing ordered yet
check-without-table = Check without a table
how-many-guests = { $table } · how many guests?
open-for = Open for { $count ->
    [one] 1 guest
   *[other] { $count } guests
}
more-guests = More
guests-field = Guests

# Table and check
back-to-floor = Floor
here-too = { $count ->
    [one] { $names } is here too
   *[other] { $names } are here too
}
check-numbered = Check { $number }
check-of = Check of { $time }
checks = Checks
new-check = New check
name-check = Name
name-check-title = Name this check
name-check-field = Name, or nothing for none
name-check-do = Save
check-heading = Check
check-empty = Nothing ordered yet
check-empty-body = Tap a dish, or type its name.
check-unknown = This check is not known here
check-unknown-body = It may have been opened on another device that has not reached the hub.
sent-heading = Sent
course = Course { $course }
not-sent-heading = Not sent yet
not-sent-course = Not sent yet · course { $course }
seat = Seat { $seat }
place-draft-here = On this device
place-draft-at-hub = At the hub
place-sending-here = NOT in the kitchen yet
place-sent-at-hub = With the kitchen { $time }
place-seen = Seen by the kitchen { $time }
place-preparing = Being prepared
place-ready = Ready to carry
place-served = Served { $time }
place-held = Held: the dish is gone
place-voided = Voided { $time }
total = Total
tax-on-top = incl. tax { $amount }
send-portions = Send { $count }
nothing-to-send = Nothing to send
show-check = Check · { $count }
show-menu = Menu
open-check = Open the check
open-bill = Open the bill
keep-both = Keep both
card-seen = Seen to
do-save = Save
do-remove = Remove
do-serve = Served
do-more = One more of it
do-void = Void…
do-force = Cook it all the same
line-waits = waits for the hub
line-lost = This is not on the check any more.
void-reason = Why?
void-reason-mind = Guest changed their mind
void-reason-wrong = Ordered by mistake
void-reason-gone = Cannot be had
void-reason-complaint = Guest complained
void-reason-other = Another reason
void-approval = It cooks already: a manager has to agree.
void-who = Who agrees?
void-nobody = No manager with a PIN is known on this device.
void-do = Void { $count }
pin = PIN
pin-wrong = That PIN is wrong.
pin-locked = Too many wrong PINs. Wait, or use the password.
pin-locked-until = Too many wrong PINs. None is tried before { $time }.
pin-none = There is no PIN for this person on this device.
sign-in-by-password = Password instead
pin-digits = { $count ->
    [one] 1 digit typed
   *[other] { $count } digits typed
}
pin-delete = Delete the last digit
check-more = More for this check
hand-over = Hand over
hand-over-title = Hand this check over to
hand-over-nobody = Nobody else takes orders here yet.
cancel-check = Cancel this check
cancel-check-body = Everything on it is voided, and the table is free.
check-closed = Done
check-closed-body = What is added opens it again.
bill = Bill
bill-numbered = Receipt { $number }
bill-provisional = Provisional · no receipt yet
bill-not-asked = Not asked for yet
bill-part-paid = Paid in part
bill-paid = Paid
bill-void = Void
bill-unsent = { $count ->
    [one] 1 line is not sent to the kitchen yet.
   *[other] { $count } lines are not sent to the kitchen yet.
}
bill-ask = The guests ask for it
bill-subtotal = Subtotal
bill-paid-so-far = Paid so far
bill-due = Due
bill-empty = Nothing to pay
bill-empty-body = As soon as something is on the check, its bill is here.
bill-print = Print
bill-thanks = Thank you!
bill-back = Check
tax-included = incl. { $rate } % of { $base }
tax-added = { $rate } % on { $base }
method-cash = Cash
method-card = Card
method-voucher = Voucher
tip-of = tip { $amount }
payments = Payments
payment-waits = not at the hub yet
tender-title = Cash
tender-given = Given
tender-tip = Tip
tender-change = Change
tender-left = Still due
tender-exact = Exactly { $amount }
tender-keep = Keep the change
tender-take = Take { $amount }
tender-part = Take { $amount } of { $due }
tender-short = That is not enough for the tip
tender-type = How much does the guest give?
tender-delete = Delete the last digit
change-due = Change due
change-none = No change
table-is-free = The table is free.
to-floor = To the floor
office = Office
office-today = Today
office-bills = Bills
office-reports = Reports
office-people = People
office-devices = Devices
office-not-allowed = This is not for everybody
office-not-allowed-body = A manager or admin can see it.
office-offline = Only the hub knows this
office-offline-body = It cannot be reached right now. Orders and payments go on as before.
needs-password = Only somebody who signed in with a password can change something here.
sign-in-by-password-now = Sign in
again-title = Sign in again
again-body = This page was loaded anew, and the hub wants to know once more that it is { $name }. Orders go on without it.
again-password = This is shown to { $name } by password only. Orders go on without it.
as-of = As of { $time }: the hub cannot be reached.
report-sales = Sales
report-orders = Checks
report-quantity = Quantity
report-net = Net
report-tax = Tax
report-tips = Tips
report-days = Days
report-by = Grouped by
report-csv = Save as CSV
report-empty = Nothing sold yet
report-empty-body = Paid bills are counted here.
last-days = { $count ->
    [one] Today
   *[other] { $count } days
}
by-day = By day
by-hour = By hour
by-category = By category
by-dish = By dish
by-waiter = By waiter
by-table = By table
by-tender = By tender
best-sellers = Best sellers
week-before = { $value } a week ago
figure-guests = Guests
figure-average = Average check
bill-open = Open
bills-empty = No bills on this day
bills-empty-body = Bills appear here as soon as they are asked for.
change-of = change { $amount }
day-before = The day before
day-after = The day after
person-add = Add a person
person-name = Full name
person-role = Role
person-new-pin = New PIN, 4 to 8 digits
person-new-password = New password
person-inactive = Not in service
person-deactivate = Take out of service
person-activate = Back in service
device-code-for = A code for a new device
device-code-until = One use, until { $time }
device-waiter = Waiter
device-kitchen = Kitchen
device-office = Office
device-revoked = Shut out
device-revoke = Shut out…
device-revoke-sure = Shut out for good
recovery-title = The hub was put back to an earlier state
recovery-body = It asks each device what it still knows before anything is decided. { $missing ->
    [0] All have come.
    [one] One device is missing.
   *[other] { $missing } devices are missing.
 } Meanwhile everybody works on as if offline; nothing is lost.
recovery-reported = has reported
recovery-awaited = awaited
recovery-end = Wait no longer…
recovery-end-sure = Go on without those that are missing
recovery-keyless = The hub has lost the key that it signs with, and cannot tell by itself whether what the devices bring is true. An admin chooses the device whose log it takes for its own; what the others hold beyond it is added.
recovery-adopt = Take its log…
recovery-adopt-sure = Take it for the hub’s own

# The trail of a check
trail = What happened
trail-empty = Nothing is known of it
trail-opened = Opened { $table } · { $guests }
trail-named = Named: { $name }
trail-handed-over = Handed over to { $name }
trail-cancelled = Cancelled
trail-closed = Done
trail-reopened = Opened again
trail-added = Added { $items }
trail-changed = Changed to { $items }
trail-voided = Voided { $items }
trail-sent = Sent { $items }
trail-held = Held: { $items }
trail-served = Served { $items }
trail-ready = Ready: { $items }
trail-undone = Not begun after all: { $items }
trail-cooking = Cooking { $items }
trail-seen = Seen by the kitchen: { $station }
trail-bumped = Let go by the kitchen: { $station }
trail-recalled = Called back by the kitchen: { $station }
trail-void-seen = The kitchen saw the void: { $items }
trail-bill = The bill was asked for
trail-took = Took { $amount } · { $method }
trail-paid-number = Paid: { $amount }, receipt { $number }
trail-paid = Paid: { $amount }
trail-card = Somebody was told to have a look
trail-agreed = agreed: { $name }
trail-refused = Refused: { $why }
bills-find = Find by number, table or person
bills-which = Which bills
bills-all = All
bills-none-found = No such bill on this day
bills-none-found-body = Try another word, or all of them.
bills-more = There were more bills than are shown here.
report-before = { $value } in the { $count ->
    [one] day
   *[other] { $count } days
} before
report-print = Print
device-seen = seen { $age } ago

# Menu
search-dishes = Search { $count } dishes, or just type
search-clear = Clear search
categories = Categories
menu-empty = The menu is empty
menu-empty-body = Dishes appear here as soon as there are some.
search-empty = No dish by that name
dish-out = 86
sold-out = sold out
dish-few = { $count } left
dish-more = More for { $dish }
dish-added = { $dish } added
dish-unsent = { $count } not sent
quantity = Quantity
seat-choice = Seat
seat-none = Table
course-choice = Course
note = Note to the kitchen
add-dish = Add { $count } · { $price }
choose-first = Choose: { $group }
choose-one = choose one
choose-some = choose { $min } to { $max }
choose-up-to = up to { $max }

# Attention
attention-title = Needs attention
attention-count = { $count ->
    [one] 1 needs attention
   *[other] { $count } need attention
}
attention-empty = Nothing needs you
attention-empty-body = When something went differently than you meant, it is told here.
card-two-checks = { $count } checks on { $table }
card-two-checks-body = Somebody else opened one there too. Both are kept.
card-already-sent = { $dish } was in the kitchen already
card-already-sent-by = { $by } sent it at { $time }. It was not fired again.
card-already-sent-body = It was sent at { $time }. It was not fired again.
card-line-repeated = { $dish } came twice, and differently
card-line-repeated-body = The first one stays. Look whether it is right.
card-found-check = Something came for a check that nobody knows
card-found-check-body = It stands on a check of its own now.
card-unknown-table = A check’s table is gone
card-unknown-table-body = The check stands all the same. Give it a table.
card-price-differs = The price of { $dish } differs
card-price-differs-body = The line keeps the price that was shown when it was tapped.
card-dish-gone = { $dish } is gone
card-dish-gone-at = { $table } ordered it. It is held until somebody has asked the guest.
card-dish-gone-body = It was ordered, and is held until somebody has asked the guest.
card-quantity-changed = Two people changed how many { $dish }
card-quantity-changed-body = It was { $from }, now { $to } stand. Ask the guest.
card-changed-too-late = { $dish } had been sent already
card-changed-too-late-body = The kitchen has it as it was. Tell them.
card-void-asked = { $count } × { $dish } less was wanted
card-void-asked-body = It had been sent meanwhile. Void it, or leave it.
card-cooked-in-vain = { $count } × { $dish } was cooked in vain
card-cooked-in-vain-at = It had been voided for { $table }, and the kitchen learned too late.
card-cooked-in-vain-body = It had been voided, and the kitchen learned too late.
card-due-after-payment = { $amount } is due after payment
card-due-after-payment-body = Something came to the check after it had been paid.
card-overpaid = { $amount } too much was taken
card-overpaid-body = The bill came to less. The money is in the drawer.
card-unassigned = { $amount } belongs to no bill
card-unassigned-body = It was taken for a check without an open bill. It is kept on the check.
card-not-permitted = Done without permission
card-not-permitted-body = It went in all the same: { $kind }. A manager should look.
card-rejected = Not done: { $kind }
card-missing-range = Some work of a device is lost
card-missing-range-body = Its numbers { $from } to { $to } are held nowhere any more.
card-quarantined = Kept aside: { $kind }
deed-open = open a check
deed-add = add to a check
deed-send = send to the kitchen
deed-name = name a check
deed-force = send a dish that is gone
deed-change = change a line
deed-void = void something
deed-serve = mark as served
deed-cancel = cancel a check
deed-hand-over = hand a check over
deed-bill = ask for the bill
deed-pay = take a payment
deed-availability = take a dish off
deed-clear = put a card away
deed-kitchen = work on a ticket

# Kitchen
kitchen = Kitchen
stations = Stations
all-stations = All
board-empty = Nothing to cook
board-empty-body = New tickets appear here by themselves.
board-offline = Offline since { $time }. New tickets do not arrive here: ask at the pass.
tickets-open = { $count } open
oldest-ticket = oldest
more-tickets = +{ $count } more
first-tickets = Back to the oldest
all-day = All day
kitchen-menu = This screen
ticket-new = New
ticket-warn = Waiting
ticket-late = Late
ticket-no-table = No table
ticket-label = { $table }, fired { $time }
also-at = also at { $stations }
more-lines = +{ $count } more lines

# Kitchen: lines, taps, sound, sheets
line-preparing = Cooking
line-ready = Ready
line-served = Carried out
line-void = VOID · tap when seen
waits-for = waits for { $stations }
bump = Bump
bump-ticket = Bump { $table }
did-bump = { $table } · bumped
see-voids = Seen
see-voids-of = { $table }: void seen
ticket-voids = { $count } void
ticket-recalled = Called back
undo = Undo
recall = Recall
recall-count = Recall { $count }
recall-none = Nothing has left this board yet.
recall-ticket = Recall { $table }
bumped-at = bumped { $time }
stock = 86
stock-title = 86 · what is off, what is counted
stock-search = Find a dish
stock-nothing-found = No dish is called that.
stock-no-menu = No dishes on the menu yet
stock-gone = 86
stock-left = { $count } left
stock-plenty = On
stock-off = Take off
stock-back = Put back
stock-take-off = Take off: { $dish }
stock-put-back = Put back: { $dish }
stock-count-of = How many are left of { $dish }
stock-fewer = One { $dish } fewer
stock-more = One { $dish } more
dish-left = { $dish }: { $count } left
sound = Sound
sound-on = On
sound-off = Off
sound-try-new = Try: new ticket
sound-try-void = Try: void
sound-muted = Sound off
sound-locked = The sound is off until somebody touches this screen. Tap here to switch it on.
sound-deaf = This browser cannot make a sound. Watch the board.
text-size = Size of the tickets
full-screen = Full screen
full-screen-leave = Leave full screen
keys = Keys
key-choose = Choose a ticket by its number
key-tickets = Next or previous ticket
key-lines = Next or previous line
key-enter = Take the line one step further
key-bump = Bump the ticket
key-undo = Undo the last tap
key-recall = Recall
key-station = Next station
key-stock = 86: take off, put back, count
key-more = The other tickets
key-help = This list
