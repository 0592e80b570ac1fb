close = إغلاق
loading = جارٍ التحميل…
try-again = حاول مرة أخرى
dismiss = إخفاء
one-less = واحد أقل
one-more = واحد أكثر
two-names = { $one } و{ $two }
needs-hub = لا يمكن الوصول إلى المركز. هذا يحتاج إليه مرة واحدة.

# Link and sync
pill-starting = جارٍ البدء…
pill-waiting = { $count } في الانتظار
pill-offline = غير متصل منذ { $time }
pill-connecting = جارٍ الاتصال…
pill-all-sent = أُرسل كل شيء
pill-oldest = الأقدم { $age }
link-online = متصل
link-offline = غير متصل منذ { $time }

# Sign-in
sign-in-title = من يعمل الآن؟
sign-in-other = الدخول بالاسم
sign-in-password = كلمة المرور
sign-in-username = اسم المستخدم
sign-in-do = دخول
sign-in-busy = جارٍ الدخول…
sign-in-wrong = الاسم أو كلمة المرور غير صحيحة.
sign-in-by-password = بكلمة المرور بدلًا من ذلك
sign-out = خروج
pin-wrong = الرمز غير صحيح.
role-admin = مدير النظام
role-manager = مدير
role-staff = الخدمة
role-kitchen = المطبخ
theme = فاتح أو داكن
theme-system = مثل النظام
theme-light = فاتح
theme-dark = داكن
language = اللغة
language-restaurant = لغة المطعم

# Floor
floor = الصالة
rooms = القاعات
tables = { $count ->
    [one] طاولة واحدة
    [two] طاولتان
    [few] { $count } طاولات
   *[other] { $count } طاولة
}
guests = { $count ->
    [one] { $count } ضيف
    [two] { $count } ضيف
    [few] { $count } ضيوف
   *[other] { $count } ضيفًا
}
seats = { $count ->
    [one] مقعد واحد
    [two] مقعدان
    [few] { $count } مقاعد
   *[other] { $count } مقعدًا
}
as-plan = مخطط
as-list = قائمة
needs-you = بحاجة إليك
floor-empty = لا طاولات بعد
floor-empty-body = تظهر هنا حين تُرتَّب الصالة.
table-free = شاغرة
table-seated = جلسوا
table-not-sent = { $count } لم يُرسل
table-not-in-kitchen = ليس في المطبخ
table-ordered = طُلب
table-waits = ليس في المركز بعد
table-nothing-ordered = لم يُطلب شيء بعد
table-bill = طُلب الحساب
table-ready = { $count } جاهز
table-attention = يحتاج إلى نظرة
ready-call = { $place } · { $count } جاهز للتقديم
check-without-table = حساب بلا طاولة
how-many-guests = { $table } · كم ضيفًا؟
more-guests = أكثر
guests-field = الضيوف

# Table and check
back-to-floor = الصالة
here-too = { $count ->
    [one] { $names } هنا أيضًا
   *[other] { $names } هنا أيضًا
}
check-numbered = حساب { $number }
check-of = حساب { $time }
checks = الحسابات
new-check = حساب جديد
name-check = تسمية
name-check-title = سمِّ هذا الحساب
check-heading = الحساب
check-empty = لم يُطلب شيء بعد
check-empty-body = المس طبقًا أو اكتب اسمه.
check-more = المزيد لهذا الحساب
sent-heading = أُرسل
course = الدور { $course }
not-sent-heading = لم يُرسل بعد
not-sent-course = لم يُرسل بعد · الدور { $course }
seat = المقعد { $seat }
place-draft-here = على هذا الجهاز
place-draft-at-hub = في المركز
place-sending-here = ليس في المطبخ بعد
place-sent-at-hub = لدى المطبخ { $time }
place-seen = رآه المطبخ { $time }
place-preparing = قيد التحضير
place-ready = جاهز للتقديم
place-served = قُدّم { $time }
place-held = موقوف: نفد الطبق
place-voided = أُلغي { $time }
total = المجموع
send-portions = أرسل { $count }
nothing-to-send = لا شيء للإرسال
show-check = الحساب · { $count }
show-menu = القائمة
open-check = افتح الحساب
do-save = حفظ
do-remove = إزالة
do-serve = قُدّم
do-more = واحد آخر منه
do-void = إلغاء…
void-reason = لماذا؟
void-reason-mind = غيّر الضيف رأيه
void-reason-wrong = طُلب بالخطأ
void-reason-gone = غير متوفر
void-reason-complaint = شكوى من الضيف
void-reason-other = سبب آخر
void-do = إلغاء { $count }

# Menu
search-dishes = ابحث في { $count } طبقًا، أو اكتب فقط
search-clear = امسح البحث
categories = الأصناف
search-empty = لا طبق بهذا الاسم
dish-out = نفد
sold-out = نفد
dish-few = بقي { $count }
quantity = الكمية
seat-choice = المقعد
seat-none = الطاولة
course-choice = الدور
note = ملاحظة للمطبخ
add-dish = أضف { $count } · { $price }
choose-first = اختر: { $group }
choose-one = اختر واحدًا
choose-up-to = حتى { $max }

# Bill
bill = الفاتورة
bill-numbered = إيصال { $number }
bill-provisional = مؤقتة · لا إيصال بعد
bill-not-asked = لم تُطلب بعد
bill-part-paid = دُفع جزء
bill-paid = مدفوعة
bill-ask = الضيوف يطلبونها
bill-due = المستحق
bill-paid-so-far = دُفع حتى الآن
bill-print = طباعة
bill-thanks = شكرًا لكم!
bill-back = الحساب
tax-included = شامل { $rate } % من { $base }
method-cash = نقدًا
payments = الدفعات
payment-waits = ليس في المركز بعد
tender-title = نقدًا
tender-given = أعطى
tender-tip = إكرامية
tender-change = الباقي
tender-left = ما زال مستحقًا
tender-exact = بالضبط { $amount }
tender-keep = احتفظ بالباقي
tender-take = استلم { $amount }
tender-part = استلم { $amount } من { $due }
tender-type = كم يعطي الضيف؟
change-due = الباقي للضيف
change-none = لا باقي
table-is-free = الطاولة شاغرة.
to-floor = إلى الصالة

# Attention
attention-title = يحتاج إلى انتباه
attention-empty = لا شيء يحتاج إليك
card-two-checks = { $count } حسابات على { $table }
card-two-checks-body = فتح شخص آخر حسابًا هناك أيضًا. كلاهما باقٍ.
keep-both = أبقِ كليهما
card-seen = تم

# Kitchen
kitchen = المطبخ
stations = المحطات
all-stations = الكل
board-empty = لا شيء للطهي
board-empty-body = تظهر التذاكر الجديدة هنا من تلقاء نفسها.
board-offline = بلا اتصال منذ { $time }. لا تصل تذاكر جديدة إلى هنا: اسألوا عند منضدة التقديم.
tickets-open = مفتوح: { $count }
oldest-ticket = الأقدم
more-tickets = +{ $count } أخرى
first-tickets = العودة إلى الأقدم
all-day = المجموع المطلوب
kitchen-menu = هذه الشاشة
ticket-new = جديد
ticket-warn = ينتظر
ticket-late = متأخر
ticket-no-table = بلا طاولة
ticket-label = { $table }، أُرسل { $time }
ticket-voids = ملغى: { $count }
ticket-recalled = أُعيد
also-at = أيضًا في { $stations }
waits-for = بانتظار { $stations }
more-lines = +{ $count } سطور أخرى
line-preparing = قيد التحضير
line-ready = جاهز
line-served = قُدّم
line-void = ملغى · المس بعد الاطلاع
bump = أنهِ
bump-ticket = أنهِ { $table }
did-bump = { $table } · أُنهي
see-voids = اطّلعت
see-voids-of = اطّلعت: الملغى في { $table }
undo = تراجع
recall = استعادة
recall-count = استعادة { $count }
recall-none = لم يغادر هذه اللوحة شيء بعد.
recall-ticket = استعادة { $table }
bumped-at = أُنهي { $time }
stock = 86
stock-title = 86 · ما نفد وما يُعدّ
stock-search = ابحث عن طبق
stock-nothing-found = لا طبق بهذا الاسم.
stock-no-menu = لا أطباق في القائمة بعد
stock-gone = نفد
stock-left = بقي { $count }
stock-plenty = متوفر
stock-off = نفد
stock-back = متوفر من جديد
stock-take-off = نفد: { $dish }
stock-put-back = متوفر من جديد: { $dish }
stock-count-of = كم بقي من { $dish }
stock-fewer = أقل بواحد: { $dish }
stock-more = أكثر بواحد: { $dish }
dish-left = { $dish }: بقي { $count }
sound = الصوت
sound-on = يعمل
sound-off = متوقف
sound-muted = الصوت متوقف
sound-try-new = تجربة: تذكرة جديدة
sound-try-void = تجربة: إلغاء
sound-locked = الصوت متوقف حتى يلمس أحد هذه الشاشة. المس هنا لتشغيله.
sound-deaf = لا صوت في هذا المتصفح. راقبوا اللوحة.
text-size = حجم التذاكر
full-screen = ملء الشاشة
full-screen-leave = مغادرة ملء الشاشة
keys = المفاتيح
key-choose = اختيار تذكرة برقمها
key-tickets = التذكرة التالية أو السابقة
key-lines = السطر التالي أو السابق
key-enter = تقديم السطر خطوة
key-bump = إنهاء التذكرة
key-undo = التراجع عن آخر لمسة
key-recall = استعادة
key-station = المحطة التالية
key-stock = 86: نفد، متوفر، عدّ
key-more = التذاكر الأخرى
key-help = هذه القائمة

# Office, first run, cards, trail
again-title = تسجيل الدخول من جديد
again-body = أُعيد تحميل الصفحة، ويريد المركز أن يتأكد مرة أخرى أنه { $name }. الطلبات مستمرة بدونه.
again-password = لا يُعرض هذا لـ { $name } إلا بكلمة المرور. الطلبات مستمرة بدونه.
sign-in-by-password-now = دخول
needs-password = لا يغيّر شيئًا هنا إلا من دخل بكلمة المرور.
as-of = حتى الساعة { $time }: لا يمكن الوصول إلى المركز.
answer-offline = لا يمكن الوصول إلى المركز.
unreadable = لا يمكن عرض هذا الآن
person-menu = { $name }: خروج، اللغة، فاتح أو داكن
attention-count = { $count ->
    [one] { $count } أمر يحتاج إلى انتباه
   *[other] { $count } أمور تحتاج إلى انتباه
}
attention-empty-body = إذا جرى شيء على غير ما قصدت، يُذكر هنا.
office = المكتب
office-today = اليوم
office-bills = الفواتير
office-reports = التقارير
office-people = الأشخاص
office-devices = الأجهزة
office-not-allowed = هذا ليس للجميع
office-not-allowed-body = يراه المدير أو مدير النظام.
office-offline = لا يعرف هذا إلا المركز
office-offline-body = لا يمكن الوصول إليه الآن. الطلبات والدفع مستمران كما كانا.
report-sales = المبيعات
report-orders = الحسابات
report-quantity = الكمية
report-net = الصافي
report-tax = الضريبة
report-tips = الإكراميات
report-days = الأيام
report-by = حسب
report-csv = حفظ كملف CSV
report-print = طباعة
report-empty = لم يُبع شيء بعد
report-empty-body = تُحسب هنا الفواتير المدفوعة.
report-before = { $value } في { $count ->
    [one] اليوم السابق
   *[other] الأيام الـ { $count } السابقة
}
last-days = { $count ->
    [one] اليوم
   *[other] { $count } أيام
}
by-day = حسب اليوم
by-hour = حسب الساعة
by-category = حسب الفئة
by-dish = حسب الطبق
by-waiter = حسب النادل
by-table = حسب الطاولة
by-tender = حسب طريقة الدفع
best-sellers = الأكثر مبيعًا
week-before = { $value } قبل أسبوع
figure-guests = الضيوف
figure-average = متوسط الحساب
bill-open = مفتوحة
bill-void = ملغاة
bill-subtotal = المجموع الفرعي
bills-all = الكل
bills-which = أي الفواتير
bills-find = البحث بالرقم أو الطاولة أو الشخص
bills-empty = لا فواتير في هذا اليوم
bills-empty-body = تظهر الفواتير هنا فور طلبها.
bills-none-found = لا فاتورة كهذه في هذا اليوم
bills-none-found-body = جرّب كلمة أخرى أو اعرض الكل.
bills-more = هناك فواتير أكثر مما يظهر هنا.
day-before = اليوم السابق
day-after = اليوم التالي
method-card = بطاقة
method-voucher = قسيمة
tip-of = إكرامية { $amount }
change-of = الباقي { $amount }
person-add = إضافة شخص
person-name = الاسم الكامل
person-role = الدور
person-new-pin = رمز جديد، من 4 إلى 8 أرقام
person-new-password = كلمة مرور جديدة
person-inactive = خارج الخدمة
person-deactivate = إخراج من الخدمة
person-activate = إعادة إلى الخدمة
device-code-for = رمز لجهاز جديد
device-code-until = لمرة واحدة، حتى { $time }
device-waiter = نادل
device-kitchen = المطبخ
device-office = المكتب
device-seen = شوهد قبل { $age }
device-revoked = مُنع
device-revoke = منع…
device-revoke-sure = منع نهائي
enrol-title = إضافة هذا الجهاز
enrol-body = اطلب رمزًا من المدير. يُنشأ في صفحة الأجهزة.
enrol-name = اسم هذا الجهاز
enrol-code = الرمز
enrol-do = إضافة الجهاز
enrol-busy = جارٍ الإضافة…
first-title = مطعم جديد
first-body = هذا المركز ليس لأحد بعد. تأتي القائمة والصالة بعد ذلك.
first-restaurant = اسم المطعم
first-currency = العملة
first-zone = المنطقة الزمنية
first-admin = أول مدير للنظام
first-name = الاسم الكامل
first-password = كلمة المرور، 8 أحرف أو أكثر
first-do = افتتاح المطعم
first-busy = جارٍ الافتتاح…
hand-over = تسليم
hand-over-title = تسليم هذا الحساب إلى
hand-over-nobody = لا أحد غيرك يأخذ الطلبات هنا بعد.
cancel-check = إلغاء هذا الحساب
cancel-check-body = يُلغى كل ما فيه وتصبح الطاولة شاغرة.
check-closed = انتهى
check-closed-body = ما يُضاف يفتحه من جديد.
void-approval = إنه قيد التحضير: يجب أن يوافق مدير.
void-who = من يوافق؟
void-nobody = لا يُعرف على هذا الجهاز مدير له رمز.
do-force = حضّره رغم ذلك
open-bill = فتح الفاتورة
card-already-sent = كان { $dish } في المطبخ من قبل
card-already-sent-by = أرسله { $by } الساعة { $time }. لم يُرسل مرة أخرى.
card-already-sent-body = أُرسل الساعة { $time }. لم يُرسل مرة أخرى.
card-dish-gone = نفد { $dish }
card-dish-gone-at = طلبته { $table }. يُحجز حتى يسأل أحدٌ الضيف.
card-dish-gone-body = طُلب، ويُحجز حتى يسأل أحدٌ الضيف.
sync-title = الاتصال والتخزين
row-link = الاتصال
row-contact = آخر خبر من المركز
row-waiting = بانتظار الإرسال
row-oldest = أقدم ما ينتظر
row-position = الموضع في السجل
row-build = الإصدار
copy-report = نسخ التقرير
troubles-heading = أعطال اليوم الأخير
troubles-none = لا شيء.
storage-evictable = قد يحذف المتصفح بيانات هذا الجهاز عند امتلاء القرص. أضف Comanda إلى الشاشة الرئيسية لمنع ذلك.
ago-at = قبل { $age } ({ $time })
trail = ما جرى
trail-empty = لا يُعرف عنه شيء
trail-opened = فُتح { $table } · { $guests }
trail-named = سُمّي: { $name }
trail-handed-over = سُلّم إلى { $name }
trail-cancelled = أُلغي
trail-closed = انتهى
trail-reopened = فُتح من جديد
trail-added = أُضيف { $items }
trail-changed = غُيّر إلى { $items }
trail-voided = أُلغي { $items }
trail-sent = أُرسل { $items }
trail-held = محجوز: { $items }
trail-served = قُدّم { $items }
trail-ready = جاهز: { $items }
trail-undone = لم يبدأ بعد: { $items }
trail-cooking = قيد التحضير: { $items }
trail-seen = رآه المطبخ: { $station }
trail-bumped = أنهاه المطبخ: { $station }
trail-recalled = استعاده المطبخ: { $station }
trail-void-seen = رأى المطبخ الإلغاء: { $items }
trail-bill = طُلب الحساب
trail-took = استُلم { $amount } · { $method }
trail-paid-number = دُفع: { $amount }، الإيصال { $number }
trail-paid = دُفع: { $amount }
trail-card = طُلب من أحدٍ أن ينظر في الأمر
trail-agreed = وافق: { $name }
trail-refused = رُفض: { $why }
bill-unsent = { $count ->
    [one] { $count } سطر لم يُرسل إلى المطبخ بعد.
   *[other] { $count } أسطر لم تُرسل إلى المطبخ بعد.
}

# Troubles, refusals, and what is rare
never = أبدًا
many-names = { $one } و{ $two } و{ $others ->
    [one] شخص آخر
    [two] شخصان آخران
    [few] { $others } آخرون
   *[other] { $others } آخر
}
bad-input = هذا غير ممكن: { $what }
not-stored = لم يُحفظ. { $what }
trouble-no-answer = نواة هذا الجهاز لا تجيب.
trouble-core-down = نواة هذا الجهاز تتوقف مرارًا.
trouble-other-build = تعمل نافذة أخرى بإصدار آخر. أغلقها أو أعد تحميل هذه.
trouble-no-bridge = لم تُفتح هذه الصفحة بالطريقة الصحيحة.
trouble-disk-full = قرص هذا الجهاز ممتلئ
trouble-revoked = لم يعد هذا الجهاز مسموحًا به هنا
trouble-unknown = لم يعد المركز يعرف هذا الجهاز
trouble-update-needed = يحتاج هذا الجهاز إلى تحديث
trouble-hub-behind = أُعيد المركز إلى حالة سابقة
trouble-hub-recovering = أُعيد المركز إلى حالة سابقة، وهو يجمع ما لدى أجهزته
refused-dish-unavailable = نفد هذا الطبق.
refused-not-allowed = ليس لك ذلك على هذا الجهاز.
refused-order-closed = هذا الحساب مغلق.
refused-order-full = هذا الحساب ممتلئ. افتح حسابًا آخر.
refused-already-exists = هذا موجود من قبل.
refused-already-paid = دُفع هذا من قبل.
refused-already-sent = أُرسل هذا من قبل.
refused-already-voided = أُلغي هذا من قبل.
refused-approval = يجب أن يوافق مدير.
refused-bill-closed = هذه الفاتورة مغلقة.
refused-bill-exists = توجد فاتورة من قبل، أو لا شيء للدفع.
refused-in-use = ما زال هذا مستعملًا.
refused-last-admin = لا بد من مدير للنظام.
refused-not-sent = لم يُرسل هذا بعد.
refused-overpayment = هذا أكثر من المستحق.
refused-username-taken = اسم المستخدم هذا مأخوذ.
refused-password-session = ادخل بكلمة المرور أولًا.
refused-sign-in = ادخل من جديد: لا يعرف المركز من يحمل هذا الجهاز.
refused-not-found = لم يعد هذا موجودًا.
refused-device-revoked = هذا الجهاز مستبعد.
refused-already-founded = لهذا المركز مطعمه من قبل.
refused-already-revoked = استُبعد هذا الجهاز من قبل.
refused-backward = تقدّم هذا أكثر من قبل.
refused-currency-fixed = تبقى العملة: بيع بها من قبل.
refused-not-bumped = ما زالت هذه البطاقة على اللوحة.
refused-not-enrolled = لا ينتمي هذا الجهاز إلى أي مركز بعد.
refused-unsent = ما ينتظر هنا يجب أن يصل أولًا إلى مركزه.
refused-other = غير مسموح ({ $code }).
pill-trouble = عطل: { $what }
hub-seconds-ago = المركز قبل { $count } ث
hub-ago = المركز قبل { $age }
sync-unknown = لم تجب نواة هذا الجهاز بعد.
update-ready = إصدار جديد جاهز. يُركَّب في لحظة هادئة.
update-now = حدّث الآن
copied = نُسخ
not-copied = تعذّر النسخ
enrol-anew = اطلب رمزًا من مدير وأضف هذا الجهاز من جديد. لا يضيع شيء مما عنده.
enrol-bad-code = هذا الرمز غير صالح، أو لم يعد صالحًا.
demo-starting = جارٍ تجهيز العرض…
demo-retrying = { $why } محاولة أخرى…
demo-device-app = متصفح · التطبيق
demo-device-kitchen = متصفح · المطبخ
demo-device-office = متصفح · المكتب
sign-in-empty = لا أحد معروف هنا بعد
sign-in-empty-body = يظهر الأشخاص فور أن يسمع هذا الجهاز من المركز.
sign-in-too-often = محاولات كثيرة. انتظر دقيقة.
open-for = افتح لـ { $count ->
    [one] ضيف واحد
    [two] ضيفين
    [few] { $count } ضيوف
   *[other] { $count } ضيفًا
}
name-check-field = اسم، أو لا شيء
name-check-do = حفظ
check-unknown = هذا الحساب غير معروف هنا
check-unknown-body = ربما فُتح على جهاز آخر لم يصل إلى المركز بعد.
tax-on-top = شامل ضريبة { $amount }
line-waits = بانتظار المركز
line-lost = لم يعد هذا على الحساب.
pin = الرمز
pin-locked = رموز خاطئة كثيرة. انتظر أو استعمل كلمة المرور.
pin-locked-until = رموز خاطئة كثيرة. لا يُجرَّب أي رمز قبل { $time }.
pin-none = لا رمز لهذا الشخص على هذا الجهاز.
pin-digits = { $count ->
    [one] كُتب رقم واحد
    [two] كُتب رقمان
    [few] كُتبت { $count } أرقام
   *[other] كُتب { $count } رقمًا
}
pin-delete = امسح الرقم الأخير
bill-empty = لا شيء للدفع
bill-empty-body = فور أن يكون شيء على الحساب تظهر فاتورته هنا.
tax-added = { $rate } % على { $base }
tender-short = هذا لا يكفي للإكرامية
tender-delete = امسح الرقم الأخير
recovery-title = أُعيد المركز إلى حالة سابقة
recovery-body = يسأل كل جهاز عما يعرفه قبل أن يُقرَّر شيء. { $missing ->
    [0] جاءت كلها.
    [one] ينقص جهاز واحد.
    [two] ينقص جهازان.
    [few] تنقص { $missing } أجهزة.
   *[other] ينقص { $missing } جهازًا.
 } يستمر الجميع في العمل كما لو كانوا بلا اتصال؛ لا يضيع شيء.
recovery-reported = أبلغ
recovery-awaited = يُنتظر
recovery-end = لا تنتظر أكثر…
recovery-end-sure = تابع من دون الناقصين
recovery-keyless = فقد المركز المفتاح الذي يوقّع به، ولا يستطيع وحده أن يعرف هل ما تأتي به الأجهزة صحيح. يختار مدير النظام الجهاز الذي يأخذ المركز سجله سجلًا له، ويُضاف ما عند غيره زيادةً عليه.
recovery-adopt = خذ سجله…
recovery-adopt-sure = خذه سجلًا للمركز
menu-empty = القائمة فارغة
menu-empty-body = تظهر الأطباق هنا حين توجد.
dish-more = المزيد عن { $dish }
dish-added = أُضيف { $dish }
dish-unsent = { $count } لم يُرسل
choose-some = اختر من { $min } إلى { $max }
card-line-repeated = جاء { $dish } مرتين ومختلفًا
card-line-repeated-body = يبقى الأول. انظر هل هو صحيح.
card-found-check = جاء شيء لحساب لا يعرفه أحد
card-found-check-body = هو الآن على حساب خاص به.
card-unknown-table = طاولة أحد الحسابات لم تعد موجودة
card-unknown-table-body = الحساب باقٍ مع ذلك. أعطه طاولة.
card-price-differs = سعر { $dish } مختلف
card-price-differs-body = يبقى على السطر السعر الذي ظهر عند لمسه.
card-quantity-changed = غيّر شخصان كمية { $dish }
card-quantity-changed-body = كانت { $from } وهي الآن { $to }. اسأل الضيف.
card-changed-too-late = كان { $dish } قد أُرسل
card-changed-too-late-body = لدى المطبخ كما كان. أخبرهم.
card-void-asked = أُريد أقل بـ { $count } × { $dish }
card-void-asked-body = كان قد أُرسل في هذه الأثناء. ألغه أو اتركه.
card-cooked-in-vain = طُهي { $count } × { $dish } بلا حاجة
card-cooked-in-vain-at = كان قد أُلغي في { $table } وعرف المطبخ متأخرًا.
card-cooked-in-vain-body = كان قد أُلغي وعرف المطبخ متأخرًا.
card-due-after-payment = { $amount } مستحق بعد الدفع
card-due-after-payment-body = أُضيف شيء إلى الحساب بعد دفعه.
card-overpaid = استُلم { $amount } زيادة
card-overpaid-body = كانت الفاتورة أقل. المال في الدرج.
card-unassigned = { $amount } لا يخص أي فاتورة
card-unassigned-body = استُلم لحساب بلا فاتورة مفتوحة. يُحفظ على الحساب.
card-not-permitted = جرى بلا إذن
card-not-permitted-body = دخل مع ذلك: { $kind }. على مدير أن ينظر فيه.
card-rejected = لم يُنفَّذ: { $kind }
card-missing-range = ضاع بعض عمل أحد الأجهزة
card-missing-range-body = لم تعد أرقامه من { $from } إلى { $to } محفوظة في أي مكان.
card-quarantined = وُضع جانبًا: { $kind }
deed-open = فتح حساب
deed-add = إضافة إلى حساب
deed-send = إرسال إلى المطبخ
deed-name = تسمية حساب
deed-force = إرسال طبق نفد
deed-change = تغيير سطر
deed-void = إلغاء شيء
deed-serve = تسجيل التقديم
deed-cancel = إلغاء حساب
deed-hand-over = تسليم حساب
deed-bill = طلب الفاتورة
deed-pay = استلام دفعة
deed-availability = إخراج طبق من القائمة
deed-clear = إخفاء بطاقة
deed-kitchen = العمل على تذكرة
refused-changed-meanwhile = غيّر شخص آخر هذا في هذه الأثناء. انظر مرة أخرى.
