// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/model/capture_presenter.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;

namespace {

constexpr double kAny = 1e6;  // however busy the machine is

QString q(const char* text) {
    return QString::fromUtf8(text);
}

}  // namespace

class TestCapturePresenter : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;  // what the presenter takes for the system's
    PrivateRedis m_redis;

    QStringList files() const { return QDir(m_temporary.path()).entryList(QDir::Files); }
    bool isMonitored() const {
        return m_redis.command({"CLIENT", "LIST"}).text.find("cmd=monitor") != std::string::npos;
    }
    // Asks for keys until so many requests were recorded.
    bool record(CapturePresenter& capture, quint64 requests) const {
        capture.start();
        if (!QTest::qWaitFor([&] { return isMonitored(); }, 20'000)) {
            return false;
        }
        return QTest::qWaitFor(
            [&] {
                m_redis.commands(
                    {{"SET", "page:1", "v", "EX", "60"}, {"GET", "page:1"}, {"GET", "odd,\"key"}});
                return capture.progress().requests >= requests;
            },
            20'000);
    }
    static bool ended(const CapturePresenter& capture) {
        return QTest::qWaitFor([&] { return !capture.running(); }, 20'000);
    }

private Q_SLOTS:
    void initTestCase() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        qputenv("TMPDIR", m_temporary.path().toUtf8());
    }
    void cleanup() { QTRY_VERIFY(!isMonitored()); }

    void whatIsRecordedIsHandedOverAndStays() {
        QString path;
        {
            CapturePresenter capture;
            capture.setWorstLatency(kAny);
            capture.setLink(m_redis.link());
            QVERIFY(!isMonitored());
            QVERIFY(record(capture, 30));
            QVERIFY(capture.running());
            QVERIFY(capture.progress().bytes > 0);
            QTRY_VERIFY(capture.progress().latencyNow > 0);
            QCOMPARE(files().size(), 1);
            QCOMPARE(QFile::permissions(m_temporary.filePath(files().first())) &
                         (QFile::ReadGroup | QFile::ReadOther),
                     QFile::Permissions{});
            capture.stop();
            QVERIFY(ended(capture));
            QVERIFY2(capture.endText().startsWith(q("Stopped. Recorded: ")),
                     qPrintable(capture.endText()));
            QSignalSpy captured(&capture, &CapturePresenter::captured);
            capture.open();
            QCOMPARE(captured.count(), 1);
            path = captured.at(0).at(0).toString();
        }
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray text = file.readAll();
        QVERIFY(text.startsWith("time_us,key,size,ttl_ms,op\n"));
        QVERIFY(text.contains(",page:1,1,60000,set\n"));
        QVERIFY(text.contains(",\"odd,\"\"key\","));
        QVERIFY(file.remove());
    }

    void whatNobodyWantsIsRemoved() {
        CapturePresenter capture;
        capture.setWorstLatency(kAny);
        capture.setLink(m_redis.link());
        QVERIFY(record(capture, 9));
        capture.stop();
        QVERIFY(ended(capture));
        QVERIFY(capture.hasTrace());
        QCOMPARE(files().size(), 1);
        capture.setLink(nullptr);
        QVERIFY(!capture.hasTrace());
        QTRY_VERIFY(files().isEmpty());
    }

    void disconnectingWhileItRunsLeavesNothing() {
        CapturePresenter capture;
        capture.setWorstLatency(kAny);
        capture.setLink(m_redis.link());
        QVERIFY(record(capture, 9));
        capture.setLink(nullptr);
        QVERIFY(!capture.running());
        QTRY_VERIFY(files().isEmpty());
    }

    void theEndOfTheProgramLeavesNothing() {
        {
            CapturePresenter capture;
            capture.setWorstLatency(kAny);
            capture.setLink(m_redis.link());
            QVERIFY(record(capture, 9));
        }
        QVERIFY(files().isEmpty());
    }

    void itIsSavedElsewhere() {
        const QTemporaryDir folder;
        CapturePresenter capture;
        capture.setWorstLatency(kAny);
        capture.setLink(m_redis.link());
        QVERIFY(record(capture, 9));
        capture.stop();
        QVERIFY(ended(capture));
        QSignalSpy saved(&capture, &CapturePresenter::saved);
        QSignalSpy failed(&capture, &CapturePresenter::saveFailed);
        capture.save(folder.filePath(q("t.csv")));
        QTRY_COMPARE(saved.count(), 1);
        QCOMPARE(QFile(folder.filePath(q("t.csv"))).size(),
                 static_cast<qint64>(capture.report()->fileBytes));
        capture.save(q("/nonexistent/folder/t.csv"));
        QTRY_COMPARE(failed.count(), 1);
        QVERIFY(failed.at(0).at(0).toString().contains(q("/nonexistent/folder/t.csv")));
    }

    void theBoundOfBytesEndsIt() {
        CapturePresenter capture;
        capture.setWorstLatency(kAny);
        capture.setLink(m_redis.link());
        capture.setMostBytes(0);
        QCOMPARE(capture.mostBytes(), CapturePresenter::kLeastBytes);
        capture.start();
        QTRY_VERIFY(isMonitored());
        const RedisCommand large{"SET", "k", std::string(300'000, 'x')};
        m_redis.commands({large, large, large, large, large});
        QVERIFY(ended(capture));
        QVERIFY2(capture.endText().contains(q("as much as was allowed")),
                 qPrintable(capture.endText()));
    }

    void withoutRequestsThereIsNothingToOpen() {
        CapturePresenter capture;
        capture.setWorstLatency(kAny);
        capture.setLink(m_redis.link());
        capture.start();
        QTRY_VERIFY(isMonitored());
        capture.stop();
        QVERIFY(ended(capture));
        QVERIFY(!capture.hasTrace());
        QVERIFY2(capture.endText().contains(q("nothing to open")), qPrintable(capture.endText()));
        QTRY_VERIFY(files().isEmpty());
    }

    void aMissingRightIsNamed() {
        m_redis.command({"ACL", "SETUSER", "poor", "on", ">pw", "~*", "&*", "+@all", "-monitor"});
        RedisTarget target = m_redis.target();
        target.seeds.front().user = "poor";
        target.seeds.front().password = "pw";
        const auto link = inspect::InspectLink::connect(
            target, SystemClock::instance().now() + std::chrono::seconds{20});
        QVERIFY(link.ok());
        CapturePresenter capture;
        capture.setWorstLatency(kAny);
        capture.setLink(*link);
        capture.start();
        QVERIFY(ended(capture));
        QVERIFY(capture.hasFailed());
        QVERIFY2(capture.endText().contains(q("+monitor")), qPrintable(capture.endText()));
        QTRY_VERIFY(files().isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestCapturePresenter)
#include "tst_capture_presenter.moc"
