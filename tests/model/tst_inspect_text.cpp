// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "ui/model/inspect_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using inspect::ExpiryStorm;
using inspect::ForecastWindow;

namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kNow = 29'000'000 * kMinute;  // a whole minute

// A storm in the bucket that begins so many seconds from now.
QString storm(std::int64_t from, Duration bucket) {
    ForecastWindow window;
    window.bucket = bucket;
    ExpiryStorm storm;
    storm.from = kNow + from * 1000;
    storm.due.keys = 5000;
    storm.usual = 40;
    storm.calmed = 700;
    return stormDetail(window, storm, storm.calmed, kNow).replace(QChar(0xa0), u' ');
}

}  // namespace

class TestInspectText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    // It may break at the end of its minute or hour as well as at the beginning.
    void aStormIsSomewhereInItsBucket() {
        using std::chrono::hours;
        using std::chrono::minutes;
        QCOMPARE(storm(180, minutes{1}),
                 QString::fromUtf8("in 3 min to 4 min · usually 40 · with ±10 % jitter 700"));
        QVERIFY(storm(-30, minutes{1}).startsWith(QStringLiteral("within 1 min ·")));
        QVERIFY(storm(30, minutes{1}).startsWith(QStringLiteral("within 2 min ·")));
        QVERIFY(storm(7200, hours{1}).startsWith(QStringLiteral("in 2 h to 3 h ·")));
        // Not "now": it may be most of an hour away.
        QVERIFY(storm(-600, hours{1}).startsWith(QStringLiteral("within 50 min ·")));
    }
};

QTEST_GUILESS_MAIN(TestInspectText)
#include "tst_inspect_text.moc"
