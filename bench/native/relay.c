/* A bare relay: each update goes at once to every other person of the same path. No merging, no storage, no rights.
 *
 * What carrying frames costs on this machine when nothing else is done. Usage: relay PORT. Loopback only. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "websocket.h"

typedef struct Person Person;

typedef struct {
    char path[512];
    Person **people;
    size_t count, cap;
} Room;

struct Person {
    int fd;
    bool entered, wants_write, gone;
    Room *room;
    size_t rank, sent;
    Buffer in, out;
    Person *next_gone;
};

static Room **rooms;
static size_t room_count;
static int poller;
static uint8_t scratch[1 << 18];
static Person *departed; /* freed once no event of this turn can name them */

static Room *room_at(const char *path) {
    for (size_t i = room_count; i-- > 0;)
        if (strcmp(rooms[i]->path, path) == 0) return rooms[i];
    rooms = realloc(rooms, (room_count + 1) * sizeof *rooms);
    rooms[room_count] = calloc(1, sizeof(Room));
    snprintf(rooms[room_count]->path, sizeof rooms[0]->path, "%s", path);
    return rooms[room_count++];
}

static void leave(Person *p) {
    if (p->gone) return;
    p->gone = true;
    close(p->fd);
    if (p->room) {
        Person *last = p->room->people[--p->room->count];
        p->room->people[p->rank] = last;
        last->rank = p->rank;
    }
    p->next_gone = departed;
    departed = p;
}

static void watch(Person *p, bool wants_write, int operation) {
    struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = p};
    epoll_ctl(poller, operation, p->fd, &event);
    p->wants_write = wants_write;
}

/* Writes at once what the socket takes; the rest waits. A socket that failed is left to its next event. */
static void send_bytes(Person *p, const uint8_t *data, size_t len) {
    ssize_t n = 0;
    if (p->out.len == 0) {
        n = send(p->fd, data, len, MSG_NOSIGNAL);
        if (n < 0) n = 0;
        if ((size_t)n == len) return;
    }
    put(&p->out, data + n, len - (size_t)n);
    if (!p->wants_write) watch(p, true, EPOLL_CTL_MOD);
}

static void flush(Person *p) {
    ssize_t n = send(p->fd, p->out.data + p->sent, p->out.len - p->sent, MSG_NOSIGNAL);
    if (n > 0) p->sent += (size_t)n;
    if (p->sent == p->out.len) {
        p->sent = p->out.len = 0;
        watch(p, false, EPOLL_CTL_MOD);
    }
}

static void take_message(Person *p, const uint8_t *data, size_t len) {
    static Buffer frame;
    static const uint8_t empty_step_2[] = {0x82, 5, 0, 1, 2, 0, 0};
    if (len < 2 || data[0] != 0) return;
    if (data[1] == 0) {
        send_bytes(p, empty_step_2, sizeof empty_step_2);
    } else if (data[1] == 2) {
        frame.len = 0;
        put_frame(&frame, WS_BINARY, data, len, NULL);
        for (size_t i = 0; i < p->room->count; i++)
            if (p->room->people[i] != p) send_bytes(p->room->people[i], frame.data, frame.len);
    }
}

static size_t take_request(Person *p, const uint8_t *data, size_t len) {
    static const uint8_t step_1[] = {0x82, 4, 0, 0, 1, 0};
    char text[4096], path[512], accept[32], answer[256];
    size_t n = len < sizeof text - 1 ? len : sizeof text - 1;
    memcpy(text, data, n);
    text[n] = 0;
    char *end = strstr(text, "\r\n\r\n"), *key = strcasestr(text, "sec-websocket-key:");
    if (!end) return 0;
    if (!key || sscanf(text, "GET %511s", path) != 1) {
        leave(p);
        return 0;
    }
    key += 18;
    while (*key == ' ') key++;
    accept_key(key, accept);
    int size = snprintf(answer, sizeof answer,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    p->room = room_at(path);
    if (p->room->count == p->room->cap) {
        p->room->cap = p->room->cap ? p->room->cap * 2 : 4;
        p->room->people = realloc(p->room->people, p->room->cap * sizeof(Person *));
    }
    p->rank = p->room->count;
    p->room->people[p->room->count++] = p;
    p->entered = true;
    send_bytes(p, (uint8_t *)answer, (size_t)size);
    send_bytes(p, step_1, sizeof step_1);
    return (size_t)(end + 4 - text);
}

static void readable(Person *p) {
    size_t have = p->in.len;
    memcpy(scratch, p->in.data, have);
    ssize_t n = recv(p->fd, scratch + have, sizeof scratch - have, 0);
    if (n <= 0) {
        if (n == 0 || (errno != EAGAIN && errno != EINTR)) leave(p);
        return;
    }
    size_t len = have + (size_t)n, at = 0;
    if (!p->entered) at = take_request(p, scratch, len);
    Frame f;
    int read = 0;
    while (p->entered && !p->gone && (read = read_frame(scratch + at, len - at, &f)) > 0) {
        if (f.opcode == WS_CLOSE) leave(p);
        else if (f.opcode == WS_BINARY && f.final) take_message(p, f.payload, f.len);
        at += f.total;
    }
    p->in.len = 0;
    if (read < 0 || len - at > sizeof scratch / 2) leave(p);
    else if (!p->gone) put(&p->in, scratch + at, len - at);
}

int main(int argc, char **argv) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argc > 1 ? argv[1] : "0"))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) fail("bind");
    signal(SIGPIPE, SIG_IGN);
    poller = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, events[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(poller, events, 256, -1);
        for (int i = 0; i < n; i++) {
            Person *p = events[i].data.ptr;
            if (!p) {
                for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                    p = calloc(1, sizeof *p);
                    p->fd = fd;
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                    watch(p, false, EPOLL_CTL_ADD);
                }
                continue;
            }
            if (!p->gone && events[i].events & EPOLLOUT) flush(p);
            if (!p->gone && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(p);
        }
        while (departed) {
            Person *p = departed;
            departed = p->next_gone;
            free(p->in.data);
            free(p->out.data);
            free(p);
        }
    }
}
