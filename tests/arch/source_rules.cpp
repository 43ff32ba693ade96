// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/arch/source_rules.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <string_view>

#include "tests/arch/qt_names.h"

namespace cachescope::arch {

namespace {

using Files = std::vector<SourceFile>;
using Complaints = std::vector<Complaint>;
using Paths = std::vector<std::string>;

constexpr std::size_t kMostLines = 450;

struct LongFile {
    std::string path;
    std::string whyItIsOneIdea;
};

// Files that may be longer.
const std::vector<LongFile>& longFiles() {
    static const std::vector<LongFile> kFiles{
        {"tests/engine/backend_conformance.h", "One suite holds every backend to one protocol."},
    };
    return kFiles;
}

bool mayBeLong(const std::string& path) {
    return std::any_of(longFiles().begin(), longFiles().end(),
                       [&](const LongFile& each) { return each.path == path; });
}

bool isProduct(const SourceFile& file) {
    return file.isUnder("engine") || file.isUnder("ui") || file.isUnder("app");
}

bool isOurs(const SourceFile& file) {
    return isProduct(file) || file.isUnder("tests");
}

bool isNamePart(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Whether `word` stands in `code` and is not a part of a longer name.
bool hasWord(const std::string& code, std::string_view word) {
    for (std::size_t at = code.find(word); at != std::string::npos; at = code.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool begins = at == 0 || !isNamePart(word.front()) || !isNamePart(code[at - 1]);
        const bool ends = end == code.size() || !isNamePart(word.back()) || !isNamePart(code[end]);
        if (begins && ends) {
            return true;
        }
    }
    return false;
}

std::string without(std::string code, const Paths& harmless) {
    for (const std::string& word : harmless) {
        for (std::size_t at = code.find(word); at != std::string::npos; at = code.find(word)) {
            std::fill_n(code.begin() + static_cast<long>(at), word.size(), ' ');
        }
    }
    return code;
}

template <class Applies>
Complaints findWords(const Files& files, const Paths& words, const Applies& applies,
                     const Paths& harmless = {}) {
    Complaints result;
    for (const SourceFile& file : files) {
        if (!file.isCpp() || !applies(file)) {
            continue;
        }
        for (std::size_t line = 0; line < file.code().size(); ++line) {
            const std::string code = without(file.code()[line], harmless);
            for (const std::string& word : words) {
                if (hasWord(code, word)) {
                    result.push_back({file.path(), line + 1, word});
                }
            }
        }
    }
    return result;
}

template <class Applies, class Forbidden>
Complaints findIncludes(const Files& files, const Applies& applies, const Forbidden& forbidden) {
    Complaints result;
    for (const SourceFile& file : files) {
        if (!file.isCpp() || !applies(file)) {
            continue;
        }
        for (std::size_t line = 0; line < file.code().size(); ++line) {
            const std::string included = file.includeAt(line);
            if (!included.empty() && forbidden(included)) {
                result.push_back({file.path(), line + 1, "includes " + included});
            }
        }
    }
    return result;
}

bool startsWithAny(const std::string& text, std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return text.starts_with(start); });
}

// A file that alone may include a library, and even it only once in the project.
Complaints onlyOneIncludes(const Files& files, std::string_view header, const std::regex& allowed) {
    Complaints result =
        findIncludes(files, isProduct, [&](const std::string& name) { return name == header; });
    std::string first;
    std::erase_if(result, [&](const Complaint& each) {
        if (!std::regex_match(each.path, allowed) || (!first.empty() && first != each.path)) {
            return false;
        }
        first = each.path;
        return true;
    });
    return result;
}

Complaints withoutLicence(const Files& files) {
    Complaints result;
    for (const SourceFile& file : files) {
        const auto isMissing = [&](std::string_view tag) {
            const auto& lines = file.lines();
            const auto end =
                lines.begin() + static_cast<long>(std::min<std::size_t>(4, lines.size()));
            return std::none_of(lines.begin(), end, [&](const std::string& line) {
                return line.find(tag) != std::string::npos;
            });
        };
        if (isMissing("SPDX-FileCopyrightText: ") || isMissing("SPDX-License-Identifier: ")) {
            result.push_back({file.path(), 1, "no licence in the first lines"});
        }
    }
    return result;
}

Complaints tooLong(const Files& files) {
    Complaints result;
    for (const SourceFile& file : files) {
        if (file.isCpp() && file.lines().size() > kMostLines && !mayBeLong(file.path())) {
            result.push_back({file.path(), file.lines().size(), "too long"});
        }
    }
    return result;
}

Complaints withoutPragmaOnce(const Files& files) {
    Complaints result;
    for (const SourceFile& file : files) {
        const auto& code = file.code();
        if (file.isHeader() && std::find(code.begin(), code.end(), "#pragma once") == code.end()) {
            result.push_back({file.path(), 1, "no #pragma once"});
        }
    }
    return result;
}

Complaints withoutOwnHeaderFirst(const Files& files) {
    std::set<std::string> headers;
    for (const SourceFile& file : files) {
        if (file.isHeader()) {
            headers.insert(file.path());
        }
    }
    Complaints result;
    for (const SourceFile& file : files) {
        if (!file.isCpp() || file.isHeader() || !isProduct(file)) {
            continue;
        }
        const std::string own = file.path().substr(0, file.path().rfind('.')) + ".h";
        if (!headers.contains(own)) {
            continue;
        }
        std::size_t line = 0;
        while (line < file.code().size() && file.includeAt(line).empty()) {
            ++line;
        }
        if (line == file.code().size() || file.includeAt(line) != own) {
            result.push_back({file.path(), std::min(line + 1, file.code().size()),
                              own + " is not included first"});
        }
    }
    return result;
}

Complaints placeholders(const Files& files) {
    // Put together here, so that this file does not complain about itself.
    static const Paths kWords{std::string{"TO"} + "DO", std::string{"FIX"} + "ME",
                              std::string{"XX"} + "X", std::string{"HA"} + "CK"};
    Complaints result;
    for (const SourceFile& file : files) {
        for (std::size_t line = 0; line < file.lines().size(); ++line) {
            for (const std::string& word : kWords) {
                if (hasWord(file.lines()[line], word)) {
                    result.push_back({file.path(), line + 1, word});
                }
            }
        }
    }
    return result;
}

std::vector<Rule> makeRules() {
    const auto in = [](std::string folder) {
        return [folder](const SourceFile& file) { return file.isUnder(folder); };
    };
    std::vector<Rule> all;

    all.push_back({"engineKnowsNoQt",
                   "The engine is for any C++ program, also where there is no Qt.",
                   "Move what needs Qt to ui/model, or hand a plain value or a function in.",
                   [in](const Files& files) {
                       return findIncludes(files, in("engine"), [](const std::string& name) {
                           return isQt(name) || startsWithAny(name, {"ui/", "app/", "moc_"});
                       });
                   }});

    all.push_back({"modelDrawsNothing",
                   "Presenters and item models are tested without a screen, and any view can use "
                   "them.",
                   "Keep the widget in ui/pages, ui/widgets or ui/charts and give it a value.",
                   [in](const Files& files) {
                       return findIncludes(files, in("ui/model"), [](const std::string& name) {
                           return isQtWidgets(name) || isQtCharts(name) ||
                                  startsWithAny(name, {"ui/pages/", "ui/charts/", "ui/widgets/",
                                                       "ui/dialogs/", "app/"});
                       });
                   }});

    all.push_back(
        {"uiKnowsNoApp", "app puts the program together; what it puts together must not know it.",
         "Let app hand over what is needed through a constructor.", [in](const Files& files) {
             return findIncludes(files, in("ui"),
                                 [](const std::string& name) { return name.starts_with("app/"); });
         }});

    all.push_back({"chartsAreBehindOneDoor",
                   "Pages that know QtCharts could not change to another library of charts, and "
                   "each would draw its own way.",
                   "Use or extend the classes in ui/charts/.", [](const Files& files) {
                       return findIncludes(
                           files,
                           [](const SourceFile& file) {
                               return isProduct(file) && !file.isUnder("ui/charts");
                           },
                           isQtCharts);
                   }});

    all.push_back({"hiredisIsBehindOneDoor",
                   "hiredis 0.14 and 1.x differ; one file knows about it, and the rest would build "
                   "with any client.",
                   "Use engine/redis/reply_reader.h.", [](const Files& files) {
                       return findIncludes(
                           files,
                           [](const SourceFile& file) {
                               return isProduct(file) &&
                                      file.path() != "engine/redis/reply_reader.cpp";
                           },
                           [](const std::string& name) { return name.starts_with("hiredis"); });
                   }});

    all.push_back(
        {"opensslIsBehindOneDoor",
         "What a certificate has to prove is decided in one place, and headers of OpenSSL "
         "bring thousands of names along.",
         "Use engine/redis/tls_stream.h.", [](const Files& files) {
             return findIncludes(
                 files,
                 [](const SourceFile& file) {
                     static const std::regex kDoor{"engine/redis/tls_[a-z]+\\.cpp"};
                     return isProduct(file) && !std::regex_match(file.path(), kDoor);
                 },
                 [](const std::string& name) { return name.starts_with("openssl/"); });
         }});

    all.push_back({"sqliteIsBehindOneDoor",
                   "A second user of SQLite would need its own rules for locks, versions and "
                   "damaged files.",
                   "Use the engine's one class that keeps a database (one .cpp in engine/).",
                   [](const Files& files) {
                       return onlyOneIncludes(files, "sqlite3.h",
                                              std::regex{"engine/[a-z_]+/[a-z0-9_]+\\.cpp"});
                   }});

    all.push_back(
        {"zlibIsBehindOneDoor", "What is compressed is a matter of one file; readers see bytes.",
         "Use engine/trace/byte_source.h.", [](const Files& files) {
             return onlyOneIncludes(files, "zlib.h", std::regex{"engine/trace/gzip_source\\.cpp"});
         }});

    all.push_back(
        {"zstdIsBehindOneDoor", "What is compressed is a matter of one file; readers see bytes.",
         "Use engine/trace/byte_source.h.", [](const Files& files) {
             return onlyOneIncludes(files, "zstd.h", std::regex{"engine/trace/zstd_source\\.cpp"});
         }});

    all.push_back(
        {"inspectingIsGuarded",
         "What is sent to somebody's live server is decided by one list, and metered.",
         "Use GuardedSession or GuardedConnection (engine/inspect/).", [](const Files& files) {
             return findIncludes(
                 files,
                 [](const SourceFile& file) {
                     return file.isUnder("engine/inspect") &&
                            !file.path().starts_with("engine/inspect/guarded_");
                 },
                 [](const std::string& name) {
                     return startsWithAny(
                         name, {"engine/redis/redis_session.h", "engine/redis/redis_connection.h",
                                "engine/redis/redis_pool.h", "engine/redis/redis_client.h"});
                 });
         }});

    all.push_back({"onlyWorkerMakesThreads",
                   "A thread made anywhere else may outlive what it uses, has no name in a "
                   "debugger, and may not stop.",
                   "Use Worker (engine/core/worker.h).", [](const Files& files) {
                       return findWords(
                           files,
                           {"std::thread", "std::jthread", "std::async", "pthread_create",
                            "QThread", "QThreadPool", "QtConcurrent", "QRunnable"},
                           [](const SourceFile& file) {
                               return isOurs(file) &&
                                      !file.path().starts_with("engine/core/worker.");
                           },
                           {"std::thread::hardware_concurrency", "std::thread::id",
                            "QThread::currentThread", "QThread::isMainThread", "<QThread>"});
                   }});

    all.push_back({"timeComesFromClock",
                   "Code that reads a clock by itself cannot be tested at a chosen time, nor run "
                   "in the simulation's time.",
                   "Take a const Clock& (engine/core/clock.h).", [](const Files& files) {
                       return findWords(
                           files,
                           {"steady_clock", "system_clock", "high_resolution_clock", "gettimeofday",
                            "clock_gettime", "timespec_get", "std::time", "::time", "QElapsedTimer",
                            "QDeadlineTimer", "currentDateTime", "currentDateTimeUtc",
                            "currentMSecsSinceEpoch", "currentSecsSinceEpoch", "QTime::currentTime",
                            "QDate::currentDate"},
                           [](const SourceFile& file) {
                               return isOurs(file) && file.path() != "engine/core/clock.cpp" &&
                                      !file.isUnder("tests/bench");
                           });
                   }});

    all.push_back({"eventLoopsDoNotNest",
                   "A nested event loop lets anything happen in the middle of a function: the "
                   "object may be gone when it returns.",
                   "Use signals, open() for dialogs and popup() for menus; in tests QSignalSpy and "
                   "QTRY_VERIFY.",
                   [](const Files& files) {
                       return findWords(
                           files, {"processEvents", "QEventLoop", ".exec(", "->exec(", "::exec("},
                           [](const SourceFile& file) {
                               // The one loop that a program's main() runs is not nested.
                               return isOurs(file) && !file.isUnder("app") &&
                                      !file.isUnder("tests/bench");
                           });
                   }});

    all.push_back({"nobodySleeps",
                   "A sleep is either too short on a busy machine or too long on a quick one, and "
                   "cannot be stopped.",
                   "Wait for the event itself: Worker::sleepFor, a ManualClock, QSignalSpy.",
                   [](const Files& files) {
                       return findWords(
                           files,
                           {"sleep_for", "sleep_until", "usleep", "nanosleep", "QThread::sleep",
                            "QThread::msleep", "QThread::usleep", "QTest::qSleep", "QTest::qWait"},
                           [](const SourceFile& file) {
                               // flock() knows no deadline, and nobody tells when another process
                               // lets go of its lock: it can only be polled.
                               return isOurs(file) &&
                                      file.path() != "engine/backend/file_store_directory.cpp";
                           });
                   }});

    all.push_back({"everySourceNamesItsLicence",
                   "Without it nobody may use a file that was taken out of the project.",
                   "Begin with the two SPDX lines that the other files have.", withoutLicence});

    all.push_back(
        {"filesStayShort",
         "A file of more than " + std::to_string(kMostLines) + " lines holds more than one idea.",
         "Split it, or name it in longFiles() with the reason.", tooLong});

    all.push_back({"headersAreReadOnce", "A header that is read twice defines everything twice.",
                   "Write #pragma once below the licence.", withoutPragmaOnce});

    all.push_back({"sourcesBeginWithTheirHeader",
                   "Whatever comes before a header hides what that header forgets to include.",
                   "Include the file's own header before all others, by its whole path.",
                   withoutOwnHeaderFirst});

    all.push_back({"nothingIsLeftForLater",
                   "A note in the code is seen by nobody and outlives what it meant.",
                   "Do it now, or leave it out.", placeholders});
    return all;
}

}  // namespace

const std::vector<Rule>& rules() {
    static const std::vector<Rule> kRules = makeRules();
    return kRules;
}

std::string describe(const Rule& rule, const std::vector<Complaint>& complaints) {
    if (complaints.empty()) {
        return {};
    }
    std::string text = "Rule " + rule.name + " is broken:\n";
    for (const Complaint& each : complaints) {
        text += "  " + each.path + ":" + std::to_string(each.line) + ": " + each.what + "\n";
    }
    return text + "Why: " + rule.why + "\nInstead: " + rule.instead + "\n";
}

}  // namespace cachescope::arch
