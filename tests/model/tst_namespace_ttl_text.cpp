// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "ui/model/namespace_ttl_text.h"

using namespace cachescope;
using namespace cachescope::ui;
using namespace std::chrono_literals;

namespace {

using Ttls = std::vector<sim::NamespaceTtl>;

const QLocale& german() {
    static const QLocale locale(QLocale::German);
    return locale;
}

}  // namespace

class TestNamespaceTtlText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void whatIsWrittenReadsBack() {
        const Ttls ttls{{"prices", 6s}, {"a=b", 1500ms}, {"", 0s}, {"über", 15min}};
        for (const QLocale& locale : {QLocale(), german()}) {
            const QString text = NamespaceTtlText::format(ttls, locale);
            const auto parsed = NamespaceTtlText::parse(text, locale);
            QVERIFY2(parsed.problem.isEmpty(), qPrintable(parsed.problem));
            QVERIFY2(parsed.ttls == ttls, qPrintable(text));
        }
    }

    void aCommaInASpanIsNotTheEndOfIt() {
        const auto parsed =
            NamespaceTtlText::parse(QStringLiteral("prices=1,5 s, static=3 min"), german());
        QVERIFY((parsed.ttls == Ttls{{"prices", 1500ms}, {"static", 3min}}));
    }

    void spacesAndEmptyPartsDoNotMatter() {
        QVERIFY(NamespaceTtlText::parse(QStringLiteral(" , ")).ttls.empty());
        QVERIFY(NamespaceTtlText::parse(QStringLiteral(" , ")).problem.isEmpty());
        QVERIFY((NamespaceTtlText::parse(QStringLiteral(",  prices = 6s,")).ttls ==
                 Ttls{{"prices", 6s}}));
    }

    void whatIsNotUnderstoodIsNamedAndNothingIsTaken() {
        for (const char* text : {"prices", "prices=", "prices=soon", "a=1s, prices=soon",
                                 "prices=1e300s", "a=1s, =, b=2s"}) {
            const auto parsed = NamespaceTtlText::parse(QString::fromLatin1(text));
            QVERIFY2(!parsed.problem.isEmpty(), text);
            QVERIFY2(parsed.ttls.empty(), text);
        }
        QVERIFY(NamespaceTtlText::parse(QStringLiteral("a=1s, prices=soon"))
                    .problem.contains(QStringLiteral("“prices=soon”")));
    }
};

QTEST_APPLESS_MAIN(TestNamespaceTtlText)
#include "tst_namespace_ttl_text.moc"
