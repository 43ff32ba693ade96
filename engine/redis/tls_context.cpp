// SPDX-FileCopyrightText: 2026 The Cachescope authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/redis/tls_context.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cachescope {

namespace {

// A file by what changes when it is written anew.
struct FileState {
    ino_t file = 0;
    off_t size = 0;
    time_t seconds = 0;
    long nanoseconds = 0;

    static FileState of(const std::string& path) {
        struct stat now {};
        if (path.empty() || ::stat(path.c_str(), &now) != 0) {
            return {};
        }
        return {now.st_ino, now.st_size, now.st_mtim.tv_sec, now.st_mtim.tv_nsec};
    }
    bool operator==(const FileState&) const = default;
};

struct Key {
    TlsOptions options;
    std::array<FileState, 3> files;
    bool operator==(const Key&) const = default;
};

struct Known {
    Key key;
    std::weak_ptr<const TlsContext> context;
};

struct AllKnown {
    std::mutex mutex;
    std::vector<Known> contexts;

    // Never freed: at the end of the process, a cache with static lifetime may have a thread that
    // connects still. For the same reason OpenSSL must not clean up by itself.
    static AllKnown& instance() {
        static AllKnown* const all = [] {
            (void)OPENSSL_init_ssl(OPENSSL_INIT_NO_ATEXIT, nullptr);
            return new AllKnown;
        }();
        return *all;
    }
};

// OpenSSL says only that it could not read a file; the operating system says why.
Result<void> checkReadable(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0) {
        ::close(file);
        return {};
    }
    const int number = errno;
    ErrorCode code = ErrorCode::io;
    if (number == ENOENT || number == ENOTDIR) {
        code = ErrorCode::notFound;
    } else if (number == EACCES || number == EPERM) {
        code = ErrorCode::notPermitted;
    }
    return Error{code, path, std::system_category().message(number)};
}

Error damaged(const std::string& path, const char* expected) {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string detail = expected;
    if (reason != nullptr) {
        detail += std::string{": "} + reason;
    }
    return Error{ErrorCode::damaged, path, detail};
}

// Without this, OpenSSL asks for the password of a key on the terminal.
int refusePassword(char*, int, int, void* asked) {
    *static_cast<bool*>(asked) = true;
    return 0;
}

}  // namespace

void TlsContext::FreeContext::operator()(ssl_ctx_st* context) const noexcept {
    SSL_CTX_free(context);
}

TlsContext::TlsContext() : m_context(SSL_CTX_new(TLS_client_method())) {}

Result<std::shared_ptr<const TlsContext>> TlsContext::of(const TlsOptions& options) {
    AllKnown& all = AllKnown::instance();
    TlsOptions shared = options;
    shared.serverName.clear();  // the one option that is a connection's own
    const Key key{shared,
                  {FileState::of(options.caFile), FileState::of(options.certificateFile),
                   FileState::of(options.keyFile)}};
    const std::lock_guard lock(all.mutex);
    std::erase_if(all.contexts, [](const Known& known) { return known.context.expired(); });
    for (const Known& known : all.contexts) {
        if (auto context = known.context.lock(); context != nullptr && known.key == key) {
            return context;
        }
    }
    const std::shared_ptr<TlsContext> made{new TlsContext};
    ERR_clear_error();
    auto loaded = made->load(options);
    ERR_clear_error();
    if (!loaded) {
        return loaded.error();
    }
    all.contexts.push_back({key, made});
    return std::shared_ptr<const TlsContext>{made};
}

Result<void> TlsContext::load(const TlsOptions& options) {
    SSL_CTX* context = m_context.get();
    if (context == nullptr || SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) {
        return Error{ErrorCode::io, {}, "TLS cannot be set up"};
    }
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    if (!options.caFile.empty()) {
        if (auto readable = checkReadable(options.caFile); !readable) {
            return readable;
        }
        if (SSL_CTX_load_verify_locations(context, options.caFile.c_str(), nullptr) != 1) {
            return damaged(options.caFile, "no certificates of authorities in PEM");
        }
    } else if (options.verify && SSL_CTX_set_default_verify_paths(context) != 1) {
        return Error{ErrorCode::io, {}, "the system's authorities cannot be read"};
    }
    return loadOwn(options);
}

Result<void> TlsContext::loadOwn(const TlsOptions& options) {
    SSL_CTX* context = m_context.get();
    const std::string& certificate = options.certificateFile;
    const std::string& key = options.keyFile.empty() ? certificate : options.keyFile;
    if (certificate.empty()) {
        return key.empty() ? Result<void>{}
                           : Error{ErrorCode::missing, key, "the key's certificate"};
    }
    for (const std::string* path : {&certificate, &key}) {
        if (auto readable = checkReadable(*path); !readable) {
            return readable;
        }
    }
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return damaged(certificate, "no certificate in PEM");
    }
    bool locked = false;
    SSL_CTX_set_default_passwd_cb(context, refusePassword);
    SSL_CTX_set_default_passwd_cb_userdata(context, &locked);
    const bool loaded = SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) == 1;
    SSL_CTX_set_default_passwd_cb_userdata(context, nullptr);
    if (locked) {
        return Error{ErrorCode::unsupported, key, "a key that is locked by a password"};
    }
    if (!loaded) {
        return damaged(key, "no key in PEM that belongs to the certificate");
    }
    return {};
}

}  // namespace cachescope
