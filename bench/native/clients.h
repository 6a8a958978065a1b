/* Many y-websocket clients in one thread (epoll): connect, say what they have, read what comes. Loopback only. */
#ifndef BENCH_CLIENTS_H
#define BENCH_CLIENTS_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "websocket.h"
#include "yjs.h"

enum { WAITING, CONNECTING, UPGRADING, ENTERING, SYNCING, SYNCED, CLOSED };

typedef struct {
    uint32_t next;  /* all clocks before this one were seen */
    uint64_t *bits; /* those beyond */
    uint32_t cap;   /* in bits */
} Seen;

typedef struct {
    int fd, state, port, doc, writer; /* writer: its rank among all writers, or -1 */
    char *path;
    bool wants_write;
    int close_code;
    char key[25];
    Buffer in, out, message;
    size_t sent; /* of out */
    uint64_t started_at, synced_at, finished_at;
    Seen *seen;    /* load: for each writer of the document */
    Clocks clocks; /* other modes: everything that came */
} Client;

typedef struct {
    char *name;
    int first_writer, writers, clients; /* the writers of one document follow each other */
    Buffer state_vector;
    Clocks must; /* what it has to serve */
} Doc;

static Client *clients;
static int client_count;
static Doc *docs;
static int doc_count;
static bool hocuspocus; /* each message begins with the name of the document, and a token comes first */
static int poller;
static int states[CLOSED + 1];
static uint64_t frames_received, bytes_received, malformed, refused, opened_at;
static uint8_t scratch[1 << 20];
static uint64_t random_state = 88172645463325252ull;

/* Told for each sync update or step 2; set by the mode. */
static void (*on_update)(Client *, const uint8_t *, size_t);
static void (*on_synced)(Client *);

static uint64_t random64(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void set_state(Client *c, int state) {
    states[c->state]--;
    states[state]++;
    c->state = state;
}

static void close_client(Client *c, int code) {
    if (c->state == CLOSED) return;
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    c->close_code = code;
    set_state(c, CLOSED);
}

static void watch(Client *c, bool wants_write, int operation) {
    struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = c};
    if (epoll_ctl(poller, operation, c->fd, &event) < 0) fail("epoll_ctl");
    c->wants_write = wants_write;
}

static void flush_client(Client *c) {
    while (c->sent < c->out.len) {
        ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EAGAIN || errno == EINTR) break;
            close_client(c, 1006);
            return;
        }
        c->sent += (size_t)n;
    }
    if (c->sent == c->out.len) c->sent = c->out.len = 0;
    bool waiting = c->out.len > 0;
    if (waiting != c->wants_write) watch(c, waiting, EPOLL_CTL_MOD);
}

static void start_message(Client *c, Buffer *b) {
    b->len = 0;
    if (hocuspocus) put_bytes(b, docs[c->doc].name, strlen(docs[c->doc].name));
}

static void queue_message(Client *c, Buffer *b) {
    uint32_t mask = (uint32_t)random64();
    put_frame(&c->out, WS_BINARY, b->data, b->len, (uint8_t *)&mask);
}

static Buffer draft;

/* Sync step 1 (0), step 2 (1) or update (2). */
static void queue_sync(Client *c, int step, const uint8_t *content, size_t len) {
    start_message(c, &draft);
    put_byte(&draft, 0);
    put_byte(&draft, (uint8_t)step);
    put_bytes(&draft, content, len);
    queue_message(c, &draft);
}

static void ask_state(Client *c) {
    Buffer *vector = &docs[c->doc].state_vector;
    if (vector->len) queue_sync(c, 0, vector->data, vector->len);
    else queue_sync(c, 0, (const uint8_t *)"\0", 1);
    flush_client(c);
}

static void enter(Client *c) {
    if (!hocuspocus) {
        set_state(c, SYNCING);
        ask_state(c);
        return;
    }
    set_state(c, ENTERING);
    start_message(c, &draft);
    put(&draft, "\2\0\1-", 4); /* auth, token, "-": what its provider sends when there is no token to speak of */
    put_bytes(&draft, "4.7.0", 5);
    queue_message(c, &draft);
    flush_client(c);
}

static void take_message(Client *c, const uint8_t *data, size_t len) {
    Reader r = {data, data + len, false};
    size_t n;
    if (hocuspocus) skip_bytes(&r);
    uint64_t kind = read_number(&r);
    if (kind == 2 && hocuspocus) {
        if (read_number(&r) == 2 && c->state == ENTERING) {
            set_state(c, SYNCING);
            ask_state(c);
        } else if (c->state == ENTERING) {
            close_client(c, 4403);
        }
        return;
    }
    if (kind != 0 && !(kind == 4 && hocuspocus)) return; /* presence, rights, acknowledgements */
    uint64_t step = read_number(&r);
    const uint8_t *content = read_bytes(&r, &n);
    if (r.broken || step > 2) {
        malformed++;
        return;
    }
    if (step == 0) {
        queue_sync(c, 1, (const uint8_t *)"\0\0", 2);
        flush_client(c);
        return;
    }
    on_update(c, content, n);
    if (step == 1 && c->state == SYNCING) {
        set_state(c, SYNCED);
        c->synced_at = now_ns();
        if (on_synced) on_synced(c);
    }
}

static void take_frame(Client *c, Frame *f) {
    frames_received++;
    if (f->opcode == WS_PING) {
        uint32_t mask = (uint32_t)random64();
        put_frame(&c->out, WS_PONG, f->payload, f->len, (uint8_t *)&mask);
        flush_client(c);
    } else if (f->opcode == WS_CLOSE) {
        close_client(c, f->len >= 2 ? f->payload[0] << 8 | f->payload[1] : 1005);
    } else if (f->opcode <= WS_BINARY) {
        if (f->final && f->opcode != WS_MORE) {
            take_message(c, f->payload, f->len);
            return;
        }
        put(&c->message, f->payload, f->len);
        if (f->final) {
            take_message(c, c->message.data, c->message.len);
            c->message.len = 0;
        }
    }
}

/* The answer to the handshake. How many bytes of it were read; 0: not whole yet. */
static size_t take_answer(Client *c, uint8_t *data, size_t len) {
    char accept[32], text[2048];
    size_t n = len < sizeof text - 1 ? len : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = 0;
    char *end = strstr(text, "\r\n\r\n");
    if (!end) return 0;
    accept_key(c->key, accept);
    if (strncmp(text, "HTTP/1.1 101", 12) != 0 || !strstr(text, accept)) {
        if (refused++ == 0) fprintf(stderr, "refused: %.60s\n", text);
        close_client(c, 1002);
        return len;
    }
    enter(c);
    return (size_t)(end + 4 - text);
}

/* Reads whole frames; what is left of the bytes. */
static size_t take_bytes(Client *c, uint8_t *data, size_t len) {
    size_t at = 0;
    if (c->state == UPGRADING) {
        at = take_answer(c, data, len);
        if (at == 0) return len;
    }
    while (c->state != CLOSED && at < len) {
        Frame f;
        int read = read_frame(data + at, len - at, &f);
        if (read < 0) {
            malformed++;
            close_client(c, 1002);
        }
        if (read <= 0) break;
        take_frame(c, &f);
        at += f.total;
    }
    return c->state == CLOSED ? 0 : len - at;
}

static void readable(Client *c) {
    bool partial = c->in.len > 0;
    if (partial) reserve(&c->in, 1 << 18);
    uint8_t *into = partial ? c->in.data + c->in.len : scratch;
    ssize_t n = recv(c->fd, into, partial ? c->in.cap - c->in.len : sizeof scratch, 0);
    if (n <= 0) {
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        close_client(c, 1006);
        return;
    }
    bytes_received += (uint64_t)n;
    if (partial) {
        size_t have = c->in.len + (size_t)n, left = take_bytes(c, c->in.data, have);
        memmove(c->in.data, c->in.data + (have - left), left);
        c->in.len = left;
    } else {
        size_t left = take_bytes(c, scratch, (size_t)n);
        if (left) put(&c->in, scratch + ((size_t)n - left), left);
    }
}

static void upgrade(Client *c) {
    int error = 0;
    socklen_t len = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error) {
        close_client(c, 1006);
        return;
    }
    uint8_t nonce[16];
    char text[1024];
    for (int i = 0; i < 16; i++) nonce[i] = (uint8_t)random64();
    base64(nonce, 16, c->key);
    int n = snprintf(text, sizeof text,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
                     c->path, c->port, c->key);
    put(&c->out, text, (size_t)n);
    set_state(c, UPGRADING);
    flush_client(c);
}

static void connect_client(Client *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)c->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) fail("socket");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->started_at = now_ns();
    set_state(c, CONNECTING);
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        close_client(c, 1006);
        return;
    }
    watch(c, true, EPOLL_CTL_ADD);
}

/* Waits for sockets, until `until` (ns) at the latest, and handles what came. */
static void step(uint64_t until) {
    struct epoll_event events[256];
    uint64_t now = now_ns();
    uint64_t wait = until > now ? until - now : 0;
    struct timespec t = {(time_t)(wait / 1000000000ull), (long)(wait % 1000000000ull)};
    static bool coarse;
    int n = -1;
    if (!coarse) {
        n = (int)syscall(441 /* epoll_pwait2 */, poller, events, 256, &t, NULL, 0);
        if (n < 0 && (errno == ENOSYS || errno == EPERM)) coarse = true;
    }
    if (coarse) n = epoll_wait(poller, events, 256, (int)((wait + 999999) / 1000000));
    for (int i = 0; i < n; i++) {
        Client *c = events[i].data.ptr;
        if (c->state == CLOSED) continue;
        if (c->state == CONNECTING) {
            upgrade(c);
            continue;
        }
        if (events[i].events & EPOLLOUT) flush_client(c);
        if (c->state != CLOSED && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(c);
    }
}

/* Connects everyone, at most `at_once` on their way at a time, until all are synced or closed or time is up. */
static void connect_all(int at_once, double seconds) {
    uint64_t deadline = now_ns() + (uint64_t)(seconds * 1e9);
    opened_at = now_ns();
    int next = 0;
    while (now_ns() < deadline && states[SYNCED] + states[CLOSED] < client_count) {
        while (next < client_count && next - states[SYNCED] - states[CLOSED] < at_once) connect_client(&clients[next++]);
        step(now_ns() + 20000000);
    }
}

static int doc_named(const char *name) {
    static int hint;
    if (hint < doc_count && strcmp(docs[hint].name, name) == 0) return hint;
    for (int i = doc_count - 1; i >= 0; i--)
        if (strcmp(docs[i].name, name) == 0) return hint = i;
    return -1;
}

/* One client a line: `w` or `r`, the port, the name of the document, the path. Lines of one document follow each other. */
static void read_plan(const char *file, int *writer_count) {
    char role, name[256], path[512];
    int port;
    FILE *f = fopen(file, "r");
    if (!f) fail(file);
    while (fscanf(f, " %c %d %255s %511s", &role, &port, name, path) == 4) {
        int doc = doc_named(name);
        if (doc < 0) {
            docs = realloc(docs, (size_t)(doc_count + 1) * sizeof *docs);
            docs[doc = doc_count++] = (Doc){.name = strdup(name), .first_writer = *writer_count};
        } else if (doc != doc_count - 1) {
            fprintf(stderr, "the lines of %s do not follow each other\n", name);
            exit(2);
        }
        clients = realloc(clients, (size_t)(client_count + 1) * sizeof *clients);
        Client *c = &clients[client_count++];
        *c = (Client){.fd = -1, .port = port, .doc = doc, .path = strdup(path), .writer = -1};
        docs[doc].clients++;
        if (role == 'w') {
            c->writer = (*writer_count)++;
            docs[doc].writers++;
        }
    }
    fclose(f);
    states[WAITING] = client_count;
}

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void begin(void) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (poller < 0) fail("epoll_create1");
}

#endif
