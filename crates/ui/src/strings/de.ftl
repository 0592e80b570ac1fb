# Alltägliches
close = Schließen
loading = Lädt…
try-again = Noch einmal
dismiss = Ausblenden
one-less = Eins weniger
one-more = Eins mehr
never = noch nie
two-names = { $one } und { $two }
many-names = { $one }, { $two } und { $others ->
    [one] eine weitere Person
   *[other] { $others } weitere
}
ago-at = vor { $age } ({ $time })
bad-input = Das geht so nicht: { $what }

# Störungen und Absagen
unreadable = Das lässt sich gerade nicht anzeigen
answer-offline = Die Zentrale ist nicht erreichbar.
not-stored = NICHT gespeichert. { $what }
needs-hub = Die Zentrale ist nicht erreichbar. Dies braucht sie einmal.
trouble-no-answer = Der Kern dieses Geräts antwortet nicht.
trouble-core-down = Der Kern dieses Geräts bleibt immer wieder stehen.
trouble-other-build = In einem anderen Fenster läuft eine andere Version. Dort schließen oder hier neu laden.
trouble-no-bridge = Diese Seite wurde nicht richtig geöffnet.
trouble-disk-full = der Speicher dieses Geräts ist voll
trouble-revoked = dieses Gerät ist hier nicht mehr zugelassen
trouble-unknown = die Zentrale kennt dieses Gerät nicht mehr
trouble-update-needed = dieses Gerät braucht eine neue Version
trouble-hub-behind = die Zentrale wurde auf einen früheren Stand zurückgesetzt
trouble-hub-recovering = die Zentrale wurde zurückgesetzt und sammelt ein, was ihre Geräte noch wissen
refused-dish-unavailable = Dieses Gericht ist aus.
refused-not-allowed = Das ist Ihnen auf diesem Gerät nicht erlaubt.
refused-order-closed = Dieser Bon ist abgeschlossen.
refused-order-full = Dieser Bon ist voll. Öffnen Sie einen weiteren.
refused-already-exists = Das gibt es schon.
refused-already-paid = Das ist schon bezahlt.
refused-already-sent = Das ist schon gesendet.
refused-already-voided = Das ist schon storniert.
refused-approval = Die Leitung muss zustimmen.
refused-bill-closed = Diese Rechnung ist geschlossen.
refused-bill-exists = Es gibt schon eine Rechnung, oder nichts ist zu bezahlen.
refused-changed-meanwhile = Das hat inzwischen jemand geändert. Sehen Sie noch einmal hin.
refused-in-use = Es wird noch gebraucht.
refused-last-admin = Jemand muss Admin sein.
refused-not-sent = Das ist noch nicht gesendet.
refused-overpayment = Das ist mehr, als offen ist.
refused-username-taken = Dieser Benutzername ist vergeben.
refused-password-session = Melden Sie sich erst mit Passwort an.
refused-sign-in = Bitte noch einmal anmelden: Die Zentrale weiß nicht, wer dieses Gerät hält.
refused-not-found = Das gibt es nicht mehr.
refused-device-revoked = Dieses Gerät ist ausgeschlossen.
refused-already-founded = Diese Zentrale hat schon ihr Restaurant.
refused-already-revoked = Dieses Gerät ist schon ausgeschlossen.
refused-backward = Das ist schon weiter.
refused-currency-fixed = Die Währung bleibt: In ihr wurde schon verkauft.
refused-not-bumped = Dieser Bon steht noch am Brett.
refused-not-enrolled = Dieses Gerät gehört noch zu keiner Zentrale.
refused-unsent = Was hier wartet, muss erst zu seiner eigenen Zentrale.
refused-other = Nicht erlaubt ({ $code }).

# Verbindung und Abgleich
pill-trouble = Störung: { $what }
pill-starting = Startet…
pill-waiting = { $count ->
    [one] 1 wartet
   *[other] { $count } warten
}
pill-offline = offline seit { $time }
pill-connecting = verbindet…
pill-all-sent = Alles gesendet
pill-oldest = älteste { $age }
hub-seconds-ago = Zentrale vor { $count } s
hub-ago = Zentrale vor { $age }
sync-title = Verbindung und Speicher
sync-unknown = Der Kern dieses Geräts hat noch nicht geantwortet.
link-online = Verbunden
link-offline = Offline seit { $time }
row-link = Verbindung
row-contact = Zuletzt von der Zentrale gehört
row-waiting = Wartet auf das Senden
row-oldest = Am längsten wartet
row-position = Stelle im Journal
row-build = Version
storage-evictable = Der Browser darf die Daten dieses Geräts löschen, wenn der Speicher voll ist. Comanda auf den Startbildschirm zu legen verhindert das.
update-ready = Eine neue Version liegt bereit. Sie wird in einem ruhigen Moment eingesetzt.
update-now = Jetzt einsetzen
troubles-heading = Störungen des letzten Tages
troubles-none = Keine.
copy-report = Bericht kopieren
copied = Kopiert
not-copied = Ließ sich nicht kopieren

# Anmelden von Gerät und Mensch
enrol-title = Dieses Gerät hinzufügen
enrol-body = Die Leitung gibt Ihnen einen Code. Er entsteht unter Geräte.
enrol-anew = Lassen Sie sich von der Leitung einen Code geben und fügen Sie dieses Gerät neu hinzu. Nichts, was es noch hat, geht verloren.
enrol-name = Name dieses Geräts
enrol-code = Code
enrol-do = Gerät hinzufügen
enrol-busy = Wird hinzugefügt…
enrol-bad-code = Dieser Code gilt nicht oder nicht mehr.
first-title = Ein neues Restaurant
first-body = Diese Zentrale gehört noch niemandem. Karte und Gastraum folgen danach.
first-restaurant = Name des Restaurants
first-currency = Währung
first-zone = Zeitzone
first-admin = Der erste Admin
first-name = Voller Name
first-password = Passwort, mindestens 8 Zeichen
first-do = Restaurant eröffnen
first-busy = Wird eröffnet…
demo-starting = Die Demo wird vorbereitet…
demo-retrying = { $why } Neuer Versuch…
demo-device-app = Browser · App
demo-device-kitchen = Browser · Küche
demo-device-office = Browser · Büro
sign-in-title = Wer arbeitet?
sign-in-empty = Noch ist hier niemand bekannt
sign-in-empty-body = Die Namen erscheinen, sobald dieses Gerät von der Zentrale gehört hat.
sign-in-other = Mit Namen anmelden
sign-in-password = Passwort
sign-in-username = Benutzername
sign-in-do = Anmelden
sign-in-busy = Meldet an…
sign-in-wrong = Name oder Passwort stimmt nicht.
sign-in-too-often = Zu viele Versuche. Warten Sie eine Minute.
sign-out = Abmelden
role-admin = Verwaltung
role-manager = Leitung
role-staff = Service
role-kitchen = Küche

# Dieses Gerät
theme = Hell oder dunkel
theme-system = Wie das System
theme-light = Hell
theme-dark = Dunkel
language = Sprache
language-restaurant = Die des Restaurants
person-menu = { $name }: abmelden, Sprache, hell oder dunkel

# Gastraum
floor = Gastraum
rooms = Räume
tables = { $count ->
    [one] 1 Tisch
   *[other] { $count } Tische
}
guests = { $count ->
    [one] 1 Gast
   *[other] { $count } Gäste
}
seats = { $count ->
    [one] 1 Platz
   *[other] { $count } Plätze
}
as-plan = Plan
as-list = Liste
needs-you = Braucht Sie
floor-empty = Noch keine Tische
floor-empty-body = Sie erscheinen hier, sobald der Gastraum angelegt ist.
table-free = Frei
table-seated = Besetzt
table-not-sent = { $count } nicht gesendet
table-not-in-kitchen = Nicht in der Küche
table-ordered = Bestellt
table-bill = Rechnung verlangt
table-ready = { $count } fertig
table-attention = Bitte nachsehen
ready-call = { $place } · { $count } fertig zum Servieren
table-waits = Noch nicht bei der Zentrale
table-nothing-ordered = Noch nichts bestellt
check-without-table = Bon ohne Tisch
how-many-guests = { $table } · wie viele Gäste?
open-for = Öffnen für { $count ->
    [one] 1 Gast
   *[other] { $count } Gäste
}
more-guests = Mehr
guests-field = Gäste

# Tisch und Bon
back-to-floor = Gastraum
here-too = { $count ->
    [one] { $names } ist auch hier
   *[other] { $names } sind auch hier
}
check-numbered = Bon { $number }
check-of = Bon von { $time }
checks = Bons
new-check = Neuer Bon
name-check = Name
name-check-title = Diesen Bon benennen
name-check-field = Name, oder nichts für keinen
name-check-do = Speichern
check-heading = Bon
check-empty = Noch nichts bestellt
check-empty-body = Ein Gericht antippen oder seinen Namen eingeben.
check-unknown = Dieser Bon ist hier nicht bekannt
check-unknown-body = Vielleicht wurde er auf einem anderen Gerät geöffnet, das die Zentrale noch nicht erreicht hat.
sent-heading = Gesendet
course = Gang { $course }
not-sent-heading = Noch nicht gesendet
not-sent-course = Noch nicht gesendet · Gang { $course }
seat = Platz { $seat }
place-draft-here = Auf diesem Gerät
place-draft-at-hub = Bei der Zentrale
place-sending-here = NOCH NICHT in der Küche
place-sent-at-hub = In der Küche { $time }
place-seen = Von der Küche gesehen { $time }
place-preparing = In Arbeit
place-ready = Fertig zum Servieren
place-served = Serviert { $time }
place-held = Zurückgehalten: Gericht ist aus
place-voided = Storniert { $time }
total = Summe
tax-on-top = inkl. Steuer { $amount }
send-portions = { $count } senden
nothing-to-send = Nichts zu senden
show-check = Bon · { $count }
show-menu = Karte
open-check = Bon öffnen
open-bill = Rechnung öffnen
keep-both = Beide behalten
card-seen = Erledigt
do-save = Speichern
do-remove = Entfernen
do-serve = Serviert
do-more = Noch eines davon
do-void = Stornieren…
do-force = Trotzdem kochen
line-waits = wartet auf die Zentrale
line-lost = Das steht nicht mehr auf dem Bon.
void-reason = Warum?
void-reason-mind = Gast hat es sich anders überlegt
void-reason-wrong = Falsch bestellt
void-reason-gone = Nicht zu haben
void-reason-complaint = Reklamation
void-reason-other = Anderer Grund
void-approval = Es wird schon gekocht: Die Leitung muss zustimmen.
void-who = Wer stimmt zu?
void-nobody = Auf diesem Gerät ist keine Leitung mit PIN bekannt.
void-do = { $count } stornieren
pin = PIN
pin-wrong = Diese PIN ist falsch.
pin-locked = Zu viele falsche PINs. Warten Sie oder nehmen Sie das Passwort.
pin-locked-until = Zu viele falsche PINs. Vor { $time } wird keine geprüft.
pin-none = Auf diesem Gerät gibt es für diese Person keine PIN.
sign-in-by-password = Stattdessen Passwort
pin-digits = { $count ->
    [one] 1 Ziffer eingegeben
   *[other] { $count } Ziffern eingegeben
}
pin-delete = Letzte Ziffer löschen
check-more = Mehr zu diesem Bon
hand-over = Übergeben
hand-over-title = Diesen Bon übergeben an
hand-over-nobody = Hier nimmt noch sonst niemand Bestellungen auf.
cancel-check = Diesen Bon abbrechen
cancel-check-body = Alles darauf wird storniert, und der Tisch ist frei.
check-closed = Erledigt
check-closed-body = Was dazukommt, öffnet ihn wieder.
bill = Rechnung
bill-numbered = Beleg { $number }
bill-provisional = Vorläufig · noch kein Beleg
bill-not-asked = Noch nicht verlangt
bill-part-paid = Teilweise bezahlt
bill-paid = Bezahlt
bill-void = Storniert
bill-unsent = { $count ->
    [one] 1 Zeile ist noch nicht an die Küche gesendet.
   *[other] { $count } Zeilen sind noch nicht an die Küche gesendet.
}
bill-ask = Die Gäste verlangen sie
bill-subtotal = Zwischensumme
bill-paid-so-far = Bisher bezahlt
bill-due = Offen
bill-empty = Nichts zu bezahlen
bill-empty-body = Sobald etwas auf dem Bon steht, ist hier die Rechnung.
bill-print = Drucken
bill-thanks = Vielen Dank!
bill-back = Bon
tax-included = inkl. { $rate } % von { $base }
tax-added = { $rate } % auf { $base }
method-cash = Bar
method-card = Karte
method-voucher = Gutschein
tip-of = Trinkgeld { $amount }
payments = Zahlungen
payment-waits = noch nicht bei der Zentrale
tender-title = Bar
tender-given = Gegeben
tender-tip = Trinkgeld
tender-change = Rückgeld
tender-left = Noch offen
tender-exact = Genau { $amount }
tender-keep = Stimmt so
tender-take = { $amount } kassieren
tender-part = { $amount } von { $due } kassieren
tender-short = Das reicht nicht für das Trinkgeld
tender-type = Wie viel gibt der Gast?
tender-delete = Letzte Ziffer löschen
change-due = Rückgeld
change-none = Kein Rückgeld
table-is-free = Der Tisch ist frei.
to-floor = Zum Gastraum
office = Büro
office-today = Heute
office-bills = Rechnungen
office-reports = Berichte
office-people = Personal
office-devices = Geräte
office-not-allowed = Das ist nicht für alle
office-not-allowed-body = Leitung oder Admin können es sehen.
office-offline = Das weiß nur die Zentrale
office-offline-body = Sie ist gerade nicht erreichbar. Bestellungen und Zahlungen gehen weiter wie bisher.
needs-password = Nur wer mit Passwort angemeldet ist, kann hier etwas ändern.
sign-in-by-password-now = Anmelden
again-title = Noch einmal anmelden
again-body = Die Seite wurde neu geladen, und die Zentrale will noch einmal wissen, dass es { $name } ist. Bestellungen gehen auch so weiter.
again-password = Das sieht { $name } nur mit Passwort. Bestellungen gehen auch so weiter.
as-of = Stand { $time }: Die Zentrale ist nicht erreichbar.
report-sales = Umsatz
report-orders = Bons
report-quantity = Menge
report-net = Netto
report-tax = Steuer
report-tips = Trinkgeld
report-days = Tage
report-by = Gruppiert nach
report-csv = Als CSV speichern
report-empty = Noch nichts verkauft
report-empty-body = Hier zählen bezahlte Rechnungen.
last-days = { $count ->
    [one] Heute
   *[other] { $count } Tage
}
by-day = Nach Tag
by-hour = Nach Stunde
by-category = Nach Kategorie
by-dish = Nach Gericht
by-waiter = Nach Service
by-table = Nach Tisch
by-tender = Nach Zahlungsart
best-sellers = Renner
week-before = { $value } vor einer Woche
figure-guests = Gäste
figure-average = Durchschnittsbon
bill-open = Offen
bills-empty = Keine Rechnungen an diesem Tag
bills-empty-body = Rechnungen erscheinen hier, sobald sie verlangt werden.
change-of = Rückgeld { $amount }
day-before = Der Tag davor
day-after = Der Tag danach
person-add = Person hinzufügen
person-name = Voller Name
person-role = Rolle
person-new-pin = Neue PIN, 4 bis 8 Ziffern
person-new-password = Neues Passwort
person-inactive = Nicht im Dienst
person-deactivate = Außer Dienst stellen
person-activate = Wieder in Dienst
device-code-for = Ein Code für ein neues Gerät
device-code-until = Einmal gültig, bis { $time }
device-waiter = Service
device-kitchen = Küche
device-office = Büro
device-revoked = Ausgesperrt
device-revoke = Aussperren…
device-revoke-sure = Endgültig aussperren
recovery-title = Die Zentrale wurde auf einen früheren Stand zurückgesetzt
recovery-body = Sie fragt jedes Gerät, was es noch weiß, bevor etwas entschieden wird. { $missing ->
    [0] Alle haben sich gemeldet.
    [one] Ein Gerät fehlt noch.
   *[other] { $missing } Geräte fehlen noch.
 } Alle arbeiten solange weiter wie ohne Netz; nichts geht verloren.
recovery-reported = hat sich gemeldet
recovery-awaited = wird erwartet
recovery-end = Nicht länger warten …
recovery-end-sure = Ohne die fehlenden weitermachen
recovery-keyless = Die Zentrale hat den Schlüssel verloren, mit dem sie unterschreibt, und kann nicht selbst erkennen, ob stimmt, was die Geräte bringen. Ein Admin wählt das Gerät, dessen Protokoll sie als ihres nimmt; was die anderen darüber hinaus wissen, kommt dazu.
recovery-adopt = Sein Protokoll nehmen …
recovery-adopt-sure = Als das der Zentrale nehmen

# Was mit einem Bon geschah
trail = Was geschah
trail-empty = Davon ist nichts bekannt
trail-opened = { $table } eröffnet · { $guests }
trail-named = Benannt: { $name }
trail-handed-over = Übergeben an { $name }
trail-cancelled = Storniert
trail-closed = Erledigt
trail-reopened = Wieder geöffnet
trail-added = { $items } aufgenommen
trail-changed = Geändert auf { $items }
trail-voided = { $items } storniert
trail-sent = { $items } gesendet
trail-held = Angehalten: { $items }
trail-served = { $items } serviert
trail-ready = Fertig: { $items }
trail-undone = Doch nicht begonnen: { $items }
trail-cooking = In Arbeit: { $items }
trail-seen = Von der Küche gesehen: { $station }
trail-bumped = Von der Küche abgegeben: { $station }
trail-recalled = Von der Küche zurückgeholt: { $station }
trail-void-seen = Die Küche sah das Storno: { $items }
trail-bill = Die Rechnung wurde verlangt
trail-took = { $amount } angenommen · { $method }
trail-paid-number = Bezahlt: { $amount }, Beleg { $number }
trail-paid = Bezahlt: { $amount }
trail-card = Jemand soll nachsehen
trail-agreed = zugestimmt: { $name }
trail-refused = Abgelehnt: { $why }
bills-find = Suchen nach Nummer, Tisch oder Person
bills-which = Welche Rechnungen
bills-all = Alle
bills-none-found = Keine solche Rechnung an diesem Tag
bills-none-found-body = Mit einem anderen Wort versuchen, oder alle ansehen.
bills-more = Es gab mehr Rechnungen, als hier stehen.
report-before = { $value } { $count ->
    [one] am Tag davor
   *[other] in den { $count } Tagen davor
}
report-print = Drucken
device-seen = gesehen vor { $age }

# Karte
search-dishes = { $count } Gerichte durchsuchen, oder einfach tippen
search-clear = Suche leeren
categories = Kategorien
menu-empty = Die Karte ist leer
menu-empty-body = Gerichte erscheinen hier, sobald es welche gibt.
search-empty = Kein Gericht mit diesem Namen
dish-out = Aus
sold-out = nicht mehr da
dish-few = noch { $count }
dish-more = Mehr zu { $dish }
dish-added = { $dish } hinzugefügt
dish-unsent = { $count } nicht gesendet
quantity = Menge
seat-choice = Platz
seat-none = Tisch
course-choice = Gang
note = Notiz an die Küche
add-dish = { $count } hinzufügen · { $price }
choose-first = Auswählen: { $group }
choose-one = eines wählen
choose-some = { $min } bis { $max } wählen
choose-up-to = bis zu { $max }

# Hinweise
attention-title = Braucht Aufmerksamkeit
attention-count = { $count ->
    [one] 1 Hinweis
   *[other] { $count } Hinweise
}
attention-empty = Nichts braucht Sie
attention-empty-body = Wenn etwas anders kam als gemeint, steht es hier.
card-two-checks = { $count } Bons auf { $table }
card-two-checks-body = Dort hat noch jemand einen geöffnet. Beide bleiben.
card-already-sent = { $dish } war schon in der Küche
card-already-sent-by = { $by } hat es um { $time } gesendet. Es wurde nicht noch einmal bestellt.
card-already-sent-body = Es wurde um { $time } gesendet und nicht noch einmal bestellt.
card-line-repeated = { $dish } kam zweimal, und verschieden
card-line-repeated-body = Das Erste bleibt. Bitte prüfen, ob es stimmt.
card-found-check = Etwas kam für einen Bon, den niemand kennt
card-found-check-body = Es steht jetzt auf einem eigenen Bon.
card-unknown-table = Der Tisch eines Bons ist nicht mehr da
card-unknown-table-body = Der Bon steht trotzdem. Geben Sie ihm einen Tisch.
card-price-differs = Der Preis von { $dish } weicht ab
card-price-differs-body = Es gilt der Preis, der beim Antippen angezeigt wurde.
card-dish-gone = { $dish } ist aus
card-dish-gone-at = { $table } hat es bestellt. Es wird zurückgehalten, bis jemand den Gast gefragt hat.
card-dish-gone-body = Es war bestellt und wird zurückgehalten, bis jemand den Gast gefragt hat.
card-quantity-changed = Zwei haben die Menge von { $dish } geändert
card-quantity-changed-body = Es waren { $from }, jetzt gelten { $to }. Fragen Sie den Gast.
card-changed-too-late = { $dish } war schon gesendet
card-changed-too-late-body = Die Küche hat es, wie es war. Sagen Sie Bescheid.
card-void-asked = { $count } × { $dish } weniger war gewünscht
card-void-asked-body = Es war inzwischen gesendet. Stornieren Sie es oder lassen Sie es.
card-cooked-in-vain = { $count } × { $dish } wurde umsonst gekocht
card-cooked-in-vain-at = Es war für { $table } storniert, und die Küche erfuhr es zu spät.
card-cooked-in-vain-body = Es war storniert, und die Küche erfuhr es zu spät.
card-due-after-payment = { $amount } sind nach der Zahlung offen
card-due-after-payment-body = Nach der Zahlung kam noch etwas auf den Bon.
card-overpaid = { $amount } zu viel kassiert
card-overpaid-body = Die Rechnung war niedriger. Das Geld liegt in der Kasse.
card-unassigned = { $amount } gehören zu keiner Rechnung
card-unassigned-body = Es wurde ohne offene Rechnung kassiert und bleibt beim Bon.
card-not-permitted = Ohne Erlaubnis getan
card-not-permitted-body = Es gilt trotzdem: { $kind }. Die Leitung sollte es ansehen.
card-rejected = Nicht ausgeführt: { $kind }
card-missing-range = Arbeit eines Geräts ist verloren
card-missing-range-body = Seine Nummern { $from } bis { $to } hat niemand mehr.
card-quarantined = Beiseitegelegt: { $kind }
deed-open = Bon öffnen
deed-add = auf einen Bon buchen
deed-send = in die Küche senden
deed-name = Bon benennen
deed-force = ein Gericht senden, das aus ist
deed-change = eine Zeile ändern
deed-void = etwas stornieren
deed-serve = als serviert melden
deed-cancel = einen Bon abbrechen
deed-hand-over = einen Bon übergeben
deed-bill = die Rechnung verlangen
deed-pay = eine Zahlung annehmen
deed-availability = ein Gericht streichen
deed-clear = einen Hinweis wegräumen
deed-kitchen = in der Küche etwas melden

# Küche
kitchen = Küche
stations = Stationen
all-stations = Alle
board-empty = Nichts zu kochen
board-empty-body = Neue Bons erscheinen von selbst.
board-offline = Offline seit { $time }. Neue Bons kommen hier nicht an: am Pass fragen.
tickets-open = { $count } offen
oldest-ticket = älteste
more-tickets = +{ $count } weitere
first-tickets = Zurück zu den ältesten
all-day = Insgesamt
kitchen-menu = Dieser Schirm
ticket-new = Neu
ticket-warn = Wartet
ticket-late = Zu spät
ticket-no-table = Ohne Tisch
ticket-label = { $table }, gesendet { $time }
also-at = auch bei { $stations }
more-lines = +{ $count } weitere Zeilen

# Küche: Zeilen, Griffe, Ton, Blätter
line-preparing = In Arbeit
line-ready = Fertig
line-served = Serviert
line-void = STORNO · gesehen? tippen
waits-for = wartet auf { $stations }
bump = Weg
bump-ticket = Weg: { $table }
did-bump = { $table } · vom Schirm
see-voids = Gesehen
see-voids-of = { $table }: Storno gesehen
ticket-voids = { $count } storniert
ticket-recalled = Zurückgeholt
undo = Rückgängig
recall = Zurückholen
recall-count = Zurückholen { $count }
recall-none = Von diesem Schirm ist noch nichts weg.
recall-ticket = { $table } zurückholen
bumped-at = weg seit { $time }
stock = 86
stock-title = 86 · was aus ist, was gezählt wird
stock-search = Gericht suchen
stock-nothing-found = So heißt kein Gericht.
stock-no-menu = Noch keine Gerichte auf der Karte
stock-gone = aus
stock-left = noch { $count }
stock-plenty = Da
stock-off = Aus
stock-back = Wieder da
stock-take-off = Aus: { $dish }
stock-put-back = Wieder da: { $dish }
stock-count-of = Wie viele noch da sind: { $dish }
stock-fewer = Eins weniger: { $dish }
stock-more = Eins mehr: { $dish }
dish-left = { $dish }: noch { $count }
sound = Ton
sound-on = An
sound-off = Aus
sound-try-new = Probe: neuer Bon
sound-try-void = Probe: Storno
sound-muted = Ton aus
sound-locked = Der Ton ist aus, bis jemand den Schirm berührt. Zum Einschalten hier tippen.
sound-deaf = Dieser Browser hat keinen Ton. Den Schirm im Auge behalten.
text-size = Größe der Bons
full-screen = Vollbild
full-screen-leave = Vollbild beenden
keys = Tasten
key-choose = Bon nach seiner Nummer wählen
key-tickets = Nächster oder voriger Bon
key-lines = Nächste oder vorige Zeile
key-enter = Die Zeile einen Schritt weiter
key-bump = Bon vom Schirm nehmen
key-undo = Letzten Griff rückgängig
key-recall = Zurückholen
key-station = Nächste Station
key-stock = 86: aus, wieder da, zählen
key-more = Die anderen Bons
key-help = Diese Liste
