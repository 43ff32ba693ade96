// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "engine/redis/redis_target.h"
#include "ui/model/connection_draft.h"

using namespace cachescope;
using namespace cachescope::ui;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

ConnectionDraft draftOf(const char* url) {
    return ConnectionDraft::fromUrl(q(url)).value();
}

}  // namespace

class TestConnectionDraft : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfAddressReadsBack_data() {
        QTest::addColumn<QString>("url");
        for (const char* url :
             {"redis://127.0.0.1:6379", "redis://al%40ice:p%2Fw%3A%40@[::1]:6400/7",
              "rediss://:secret@redis.example/0?ca=/etc/ca.pem&cert=/c.pem&key=/k.pem&"
              "servername=other.example&verify=off",
              "redis+unix://u:p@/run/redis%20a/redis.sock?db=2",
              "redis+cluster://u:p@a:7000,[::1]:7001,c?replicas=on",
              "rediss+sentinel://u:p@a,b:5/main/3?sentinel-password=sp&sentinel-user=su",
              "redis://host?announce=on"}) {
            QTest::newRow(url) << q(url);
        }
    }
    void everyKindOfAddressReadsBack() {
        QFETCH(QString, url);
        const auto draft = ConnectionDraft::fromUrl(url);
        QVERIFY(draft.ok());
        QCOMPARE(draft->url(), url);
        QCOMPARE(ConnectionDraft::fromUrl(draft->url()).value(), *draft);
    }

    void whatAPersonFillsInIsWhatTheEngineUnderstands() {
        ConnectionDraft draft;
        draft.kind = ConnectionDraft::Kind::sentinel;
        draft.hosts = q("10.0.0.1:26379, [::1]:26380");
        draft.primaryName = q("the main");
        draft.database = q("4");
        draft.user = q("us er");
        draft.password = q("p@ss:w/ord?&#%");
        draft.sentinelPassword = q("a&b=c");
        draft.tls = true;
        draft.caFile = q("/a b/ca.pem");
        draft.verifies = false;
        const RedisTarget target = RedisTarget::parse(draft.url().toStdString()).value();
        QCOMPARE(target.kind, RedisTarget::Kind::sentinel);
        QCOMPARE(target.primaryName, std::string("the main"));
        QCOMPARE(target.sentinelPassword, std::string("a&b=c"));
        QCOMPARE(target.seeds.size(), std::size_t{2});
        QCOMPARE(target.seeds[1].host, std::string("::1"));
        QCOMPARE(target.seeds[1].port, 26380);
        QCOMPARE(target.seeds[0].user, std::string("us er"));
        QCOMPARE(target.seeds[0].password, std::string("p@ss:w/ord?&#%"));
        QCOMPARE(target.seeds[0].database, 4);
        QCOMPARE(target.seeds[0].tls->caFile, std::string("/a b/ca.pem"));
        QVERIFY(!target.seeds[0].tls->verify);
    }

    void secretsAreStarredOrLeftOut() {
        const ConnectionDraft draft =
            draftOf("redis+sentinel://u:top@a/m?sentinel-password=secret&sentinel-user=s");
        const QString starred = draft.url(ConnectionDraft::Secrets::starred);
        QCOMPARE(starred, q("redis+sentinel://u:***@a/m?sentinel-password=***&sentinel-user=s"));
        const QString left = draft.url(ConnectionDraft::Secrets::left);
        QCOMPARE(left, q("redis+sentinel://u@a/m?sentinel-user=s"));
        QVERIFY(draft.hasSecrets());
        QVERIFY(!draft.lacksSecret());
        QVERIFY(ConnectionDraft::fromUrl(left).value().lacksSecret());
    }

    void anotherBackendIsNoConnection() {
        for (const char* url :
             {"memory:", "file:/tmp", "redis+nonsense://x", "rediss+unix:/s", "not a url", ""}) {
            QVERIFY2(!ConnectionDraft::fromUrl(q(url)).ok(), url);
        }
    }
};

QTEST_GUILESS_MAIN(TestConnectionDraft)
#include "tst_connection_draft.moc"
