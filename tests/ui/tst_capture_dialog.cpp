// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QComboBox>
#include <QLabel>
#include <QLayout>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "tests/support/private_redis.h"
#include "ui/dialogs/capture_dialog.h"
#include "ui/model/capture_presenter.h"

using namespace cachescope;
using namespace cachescope::ui;
using cachescope::test::PrivateRedis;

namespace {

QString q(const char* text) {
    return QString::fromUtf8(text);
}

}  // namespace

class TestCaptureDialog : public QObject {
    Q_OBJECT

private:
    QTemporaryDir m_temporary;
    PrivateRedis m_redis;

    static QPushButton* button(const QWidget& dialog, const char* text) {
        for (QPushButton* each : dialog.findChildren<QPushButton*>()) {
            if (each->text() == q(text)) {
                return each;
            }
        }
        return nullptr;
    }

private Q_SLOTS:
    void initTestCase() {
        if (!m_redis.isRunning()) {
            QSKIP("redis-server is not installed here");
        }
        qputenv("TMPDIR", m_temporary.path().toUtf8());
    }

    void recordsStopsAndOpensInTune() {
        CapturePresenter capture;
        capture.setWorstLatency(1e6);  // however busy the machine is
        CaptureDialog dialog(capture);
        dialog.open();
        dialog.resize(dialog.minimumSizeHint());
        QVERIFY(!button(dialog, "Start")->isEnabled());
        capture.setLink(m_redis.link());
        QVERIFY(button(dialog, "Start")->isEnabled());
        QVERIFY(!button(dialog, "Open in Tune")->isVisible());
        QVERIFY2(!dialog.findChild<QComboBox*>()->isVisible(), "there is one server to choose");
        QTest::mouseClick(button(dialog, "Start"), Qt::LeftButton);
        QVERIFY(capture.running());
        QVERIFY(button(dialog, "Stop")->isVisible());
        QTRY_VERIFY([&] {
            m_redis.commands({{"GET", "a"}, {"SET", "b", "v"}});
            return capture.progress().requests > 4;
        }());
        QTest::mouseClick(button(dialog, "Stop"), Qt::LeftButton);
        QTRY_VERIFY(button(dialog, "Open in Tune")->isVisible());
        QVERIFY(button(dialog, "Save as…")->isVisible());
        // What came into view squeezes nothing: the dialog has grown.
        QVERIFY(dialog.height() >= dialog.layout()->totalHeightForWidth(dialog.width()));
        QVERIFY(button(dialog, "Record again")->isVisible());
        QSignalSpy captured(&capture, &CapturePresenter::captured);
        QTest::mouseClick(button(dialog, "Open in Tune"), Qt::LeftButton);
        QCOMPARE(captured.count(), 1);
        QVERIFY(!dialog.isVisible());
        for (const QLabel* label : dialog.findChildren<QLabel*>()) {
            QCOMPARE(label->textFormat(), Qt::PlainText);
        }
    }

    void closingItStopsWhatRuns() {
        CapturePresenter capture;
        capture.setWorstLatency(1e6);  // however busy the machine is
        capture.setLink(m_redis.link());
        CaptureDialog dialog(capture);
        dialog.open();
        QTest::mouseClick(button(dialog, "Start"), Qt::LeftButton);
        QTRY_VERIFY(m_redis.command({"CLIENT", "LIST"}).text.find("cmd=monitor") !=
                    std::string::npos);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(!dialog.isVisible());
        QTRY_VERIFY(!capture.running());
        QTRY_VERIFY(m_redis.command({"CLIENT", "LIST"}).text.find("cmd=monitor") ==
                    std::string::npos);
    }
};

QTEST_MAIN(TestCaptureDialog)
#include "tst_capture_dialog.moc"
