// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/redis_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <utility>

#include "engine/redis/redis_connection.h"

namespace cachescope {

namespace {

constexpr int kPatienceMs = 2000;
constexpr int kLifelineInChild = 3;
constexpr int kFirstOther = 4;

std::string lastLine(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::string last;
    while (std::getline(file, line)) {
        if (!line.empty()) {
            last = line;
        }
    }
    return last;
}

void closeFrom(int first) {
    const long limit = ::sysconf(_SC_OPEN_MAX);
    const int end = static_cast<int>(std::clamp(limit, 256L, 65536L));
    for (int fd = first; fd < end; ++fd) {
        ::close(fd);
    }
}

struct Fds {
    int read = -1;
    int write = -1;
};

bool makePipe(Fds& made) {
    int ends[2];
#if defined(__linux__)
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return false;
    }
#else
    if (::pipe(ends) != 0) {
        return false;
    }
    (void)::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
    made = {ends[0], ends[1]};
    return true;
}

void closePipe(const Fds& pipe) {
    ::close(pipe.read);
    ::close(pipe.write);
}

// Between fork and exec only calls that are safe in a signal handler are allowed, because other
// threads may have held any lock at the moment of the fork. All memory is ready before.
[[noreturn]] void becomeServer(const char* executable, char* const* arguments, const char* logFile,
                               int lifeline, int failures, pid_t parent) {
#if defined(__linux__)
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (::getppid() != parent) {
        ::_exit(127);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    // Out of the terminal's foreground group: Ctrl+C is for the program, which then ends the
    // server.
    ::setpgid(0, 0);
    const int in = ::open("/dev/null", O_RDONLY);
    const int out = ::open(logFile, O_WRONLY | O_CREAT | O_APPEND, 0600);
    // High numbers first, so that putting one in its place does not overwrite another.
    const int highFailures = ::fcntl(failures, F_DUPFD_CLOEXEC, 64);
    const int highLifeline = ::fcntl(lifeline, F_DUPFD, 64);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(out, 2);
    ::dup2(highLifeline, kLifelineInChild);
    ::dup2(highFailures, kFirstOther);
    (void)::fcntl(kFirstOther, F_SETFD, FD_CLOEXEC);
    closeFrom(kFirstOther + 1);
    ::execv(executable, arguments);
    const int failure = errno;
    (void)!::write(kFirstOther, &failure, sizeof failure);
    ::_exit(127);
}

}  // namespace

std::optional<std::string> findRedisServer() {
    const char* path = std::getenv("PATH");
    const std::string folders = path != nullptr ? path : "/usr/bin:/usr/local/bin";
    for (const char* name : {"redis-server", "valkey-server"}) {
        std::size_t from = 0;
        while (from <= folders.size()) {
            const auto to = std::min(folders.find(':', from), folders.size());
            const std::string candidate = folders.substr(from, to - from) + '/' + name;
            if (to > from && ::access(candidate.c_str(), X_OK) == 0) {
                return candidate;
            }
            from = to + 1;
        }
    }
    return std::nullopt;
}

RedisProcess::RedisProcess(const RedisProcessOptions& options) {
    m_worker = std::make_unique<Worker>(
        "redis-process",
        [this, options](Worker& worker, std::stop_token) { live(options, worker); });
    std::unique_lock lock(m_mutex);
    m_forked.wait(lock, [this] { return m_forkDone; });
}

Result<std::unique_ptr<RedisProcess>> RedisProcess::start(const RedisProcessOptions& options,
                                                          const Clock& clock) {
    std::unique_ptr<RedisProcess> made{new RedisProcess(options)};
    if (made->m_forkFailure != 0) {
        return Error{ErrorCode::io, options.executable,
                     std::system_category().message(made->m_forkFailure)};
    }
    if (auto answers = made->waitUntilItAnswers(options, clock); !answers) {
        return answers.error();
    }
    return made;
}

Result<void> RedisProcess::waitUntilItAnswers(const RedisProcessOptions& options,
                                              const Clock& clock) {
    const TimePoint deadline = deadlineAfter(clock.now(), options.timeout);
    int pause = 1;
    for (;;) {
        const auto connection = RedisConnection::open(options.address, deadline, clock);
        if (connection) {
            return {};
        }
        switch (connection.error().code()) {
            case ErrorCode::unreachable:
            case ErrorCode::disconnected:
            case ErrorCode::timedOut:
                break;
            default:
                // It answers, if only to say no.
                return {};
        }
        if (clock.now() >= deadline) {
            return Error{ErrorCode::timedOut, options.executable, lastLine(options.logFile)}
                .because(connection.error());
        }
        // Waits a little, but no longer than the process lives.
        if (waitForEnd(pause)) {
            return Error{ErrorCode::io, options.executable, lastLine(options.logFile)};
        }
        pause = std::min(pause * 2, 50);
    }
}

void RedisProcess::live(const RedisProcessOptions& options, Worker& worker) {
    std::vector<char*> arguments;
    std::string name = options.executable;
    std::vector<std::string> texts = options.arguments;
    arguments.push_back(name.data());
    for (std::string& text : texts) {
        arguments.push_back(text.data());
    }
    arguments.push_back(nullptr);

    Fds lifeline;
    Fds failures;
    int failure = 0;
    pid_t pid = -1;
    if (!makePipe(lifeline)) {
        failure = errno;
    } else if (!makePipe(failures)) {
        failure = errno;
        closePipe(lifeline);
    } else {
        const pid_t self = ::getpid();
        pid = ::fork();
        if (pid == 0) {
            becomeServer(name.c_str(), arguments.data(), options.logFile.c_str(), lifeline.write,
                         failures.write, self);
        }
        if (pid < 0) {
            failure = errno;
        }
        ::close(lifeline.write);
        ::close(failures.write);
        // Ends without a byte when exec succeeds, because the pipe closes itself then.
        ssize_t got = -1;
        while (pid > 0 && got < 0) {
            got = ::read(failures.read, &failure, sizeof failure);
            if (got < 0 && errno != EINTR) {
                break;
            }
        }
        ::close(failures.read);
        if (failure != 0) {
            ::close(lifeline.read);
            lifeline.read = -1;
        }
    }
    {
        const std::lock_guard lock(m_mutex);
        m_pid = pid;
        m_lifeline = lifeline.read;
        m_forkFailure = failure;
        m_forkDone = true;
    }
    m_forked.notify_all();
    while (worker.sleep()) {
    }
    if (pid <= 0) {
        return;
    }
    if (failure == 0) {
        ::kill(pid, SIGTERM);
        ::kill(pid, SIGCONT);  // a stopped process does not hear the first
        if (!waitForEnd(kPatienceMs)) {
            ::kill(pid, SIGKILL);
        }
        ::close(m_lifeline);
    }
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

RedisProcess::~RedisProcess() {
    m_worker->stop();
}

bool RedisProcess::running() const {
    return !waitForEnd(0);
}

bool RedisProcess::waitForEnd(int milliseconds) const {
    pollfd end{};
    end.fd = m_lifeline;
    end.events = POLLIN;
    int ready = 0;
    do {
        ready = ::poll(&end, 1, milliseconds);
    } while (ready < 0 && errno == EINTR);
    return ready != 0;
}

}  // namespace cachescope
