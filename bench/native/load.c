/* The load generator: y-websocket clients that write at a fixed rate and count what reaches the others.
 *
 *   load load  --plan F --rate R --warm S --seconds S [--seen F]   writers write, everyone counts; F: what was seen, for --must
 *   load hold  --plan F                                            connects, syncs, stays until its input ends
 *   load open  --plan F [--expect N] [--must F] [--vectors F]      opens documents; how long until all of it came
 *   load type  --plan F --updates F                                writes a log of updates, until the server serves it whole
 *   load storm --plan F --vectors F --back N                       all come back at once, each N clocks behind
 *   load parse                                                     updates in hexadecimal, one a line → clocks, as JSON
 *
 * Common: --hocuspocus, --at-once N, --patience S, --drain S, --seed N. The answer is the last line, in JSON.
 */
#include "clients.h"
#include "histogram.h"

typedef struct {
    uint64_t client_id;
    int doc, client;
    uint32_t sent, cap;
    uint64_t *sent_at; /* ns, for each clock */
} Writer;

static Writer *writers;
static int writer_count;
static uint32_t *writer_table; /* open addressing: client id → writer + 1 */
static uint32_t table_mask;

static const char *plan_file, *seen_file, *must_file, *vectors_file, *updates_file;
static double rate = 10, warm = 1, seconds = 4, drain = 5, patience = 20;
static int at_once = 64;
static uint64_t expect, back;

static uint64_t window_start = UINT64_MAX, window_end = UINT64_MAX;
static uint64_t total_sent, total_expected, delivered, window_sent, window_delivered, impossible;
static Histogram latency, lateness;

static Writer *writer_of(uint64_t client_id) {
    for (uint32_t at = (uint32_t)(client_id * 2654435761u) & table_mask; writer_table[at]; at = (at + 1) & table_mask)
        if (writers[writer_table[at] - 1].client_id == client_id) return &writers[writer_table[at] - 1];
    return NULL;
}

static void make_writers(void) {
    table_mask = 1;
    while (table_mask < (uint32_t)writer_count * 4) table_mask = table_mask * 2 + 1;
    writer_table = calloc(table_mask + 1, sizeof *writer_table);
    writers = calloc((size_t)writer_count + 1, sizeof *writers);
    for (int i = 0; i < client_count; i++) {
        Client *c = &clients[i];
        c->seen = calloc((size_t)docs[c->doc].writers + 1, sizeof *c->seen);
        if (c->writer < 0) continue;
        uint64_t id;
        do id = random64() >> 33; while (id < 1000 || writer_of(id));
        writers[c->writer] = (Writer){.client_id = id, .doc = c->doc, .client = i};
        uint32_t at = (uint32_t)(id * 2654435761u) & table_mask;
        while (writer_table[at]) at = (at + 1) & table_mask;
        writer_table[at] = (uint32_t)c->writer + 1;
    }
}

/* One key press: a letter after this writer's own letter before it; the first stands at the beginning of the text "t". */
static void write_letter(Writer *w, uint64_t due) {
    static Buffer update;
    Client *c = &clients[w->client];
    if (c->state != SYNCED) return;
    update.len = 0;
    put(&update, "\1\1", 2); /* one client, one struct */
    put_number(&update, w->client_id);
    put_number(&update, w->sent);
    if (w->sent) {
        put_byte(&update, 0x84);
        put_number(&update, w->client_id);
        put_number(&update, w->sent - 1);
    } else {
        put(&update, "\4\1\1t", 4);
    }
    put(&update, "\1a\0", 3); /* its text, and no deletion */
    uint64_t now = now_ns();
    if (w->sent == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 64;
        w->sent_at = realloc(w->sent_at, w->cap * sizeof *w->sent_at);
    }
    w->sent_at[w->sent++] = now;
    total_sent++;
    total_expected += (uint64_t)docs[w->doc].clients - 1;
    if (now >= window_start && now < window_end) {
        window_sent++;
        record(&lateness, now - due);
    }
    queue_sync(c, 2, update.data, update.len);
    flush_client(c);
}

typedef struct {
    Client *client;
    uint64_t now;
} Arrival;

static void count_clocks(void *whom, uint64_t client_id, uint64_t clock, uint64_t length) {
    Arrival *a = whom;
    Writer *w = writer_of(client_id);
    if (!w || w == (a->client->writer < 0 ? NULL : &writers[a->client->writer])) return; /* older text, or an echo */
    if (w->doc != a->client->doc || clock + length > w->sent) {
        impossible++;
        return;
    }
    Seen *s = &a->client->seen[(w - writers) - docs[w->doc].first_writer];
    for (uint64_t at = clock; at < clock + length; at++) {
        if (at < s->next) continue;
        if (at == s->next) {
            s->next++;
            while (s->next < s->cap && s->bits[s->next / 64] >> (s->next % 64) & 1) s->next++;
        } else {
            if (at >= s->cap) {
                uint32_t cap = s->cap ? s->cap : 64;
                while (cap <= at) cap *= 2;
                s->bits = realloc(s->bits, cap / 8);
                memset(s->bits + s->cap / 64, 0, (cap - s->cap) / 8);
                s->cap = cap;
            }
            if (s->bits[at / 64] >> (at % 64) & 1) continue;
            s->bits[at / 64] |= 1ull << (at % 64);
        }
        delivered++;
        if (a->now >= window_start && a->now < window_end) window_delivered++;
        if (w->sent_at[at] >= window_start && w->sent_at[at] < window_end) record(&latency, a->now - w->sent_at[at]);
    }
}

static void count_update(Client *c, const uint8_t *data, size_t len) {
    Arrival arrival = {c, now_ns()};
    if (!read_update(data, len, count_clocks, &arrival)) malformed++;
}

static void collect_update(Client *c, const uint8_t *data, size_t len) {
    if (!read_update(data, len, add_clocks, &c->clocks)) malformed++;
}

static bool was_seen(const Seen *s, uint32_t clock) {
    return clock < s->next || (clock < s->cap && s->bits[clock / 64] >> (clock % 64) & 1);
}

/* What anyone but its writer received: `document client start end`, one range a line. */
static uint64_t write_seen(void) {
    FILE *f = fopen(seen_file, "w");
    if (!f) fail(seen_file);
    uint64_t total = 0;
    for (int i = 0, first = 0; i < doc_count; first += docs[i].clients, i++)
        for (int k = 0; k < docs[i].writers; k++) {
            Writer *w = &writers[docs[i].first_writer + k];
            uint32_t start = 0;
            for (uint32_t clock = 0; clock <= w->sent; clock++) {
                bool seen = false;
                for (int j = first; clock < w->sent && j < first + docs[i].clients && !seen; j++)
                    seen = was_seen(&clients[j].seen[k], clock);
                if (seen) continue;
                if (clock > start) fprintf(f, "%s %llu %u %u\n", docs[i].name, (unsigned long long)w->client_id, start, clock);
                total += clock - start;
                start = clock + 1;
            }
        }
    fclose(f);
    return total;
}

static void print_common(const char *mode) {
    int closed[6] = {0}, codes[6] = {0}, kinds = 0;
    printf("{\"event\":\"result\",\"mode\":\"%s\",\"clients\":%d,\"documents\":%d,\"writers\":%d,\"not_synced\":%d,\"closed\":{", mode,
           client_count, doc_count, writer_count, client_count - states[SYNCED] - states[CLOSED]);
    for (int i = 0; i < client_count; i++) {
        if (clients[i].state != CLOSED) continue;
        int k = 0;
        while (k < kinds && codes[k] != clients[i].close_code) k++;
        if (k == kinds && kinds < 6) codes[kinds++] = clients[i].close_code;
        if (k < 6) closed[k]++;
    }
    for (int k = 0; k < kinds; k++) printf("%s\"%d\":%d", k ? "," : "", codes[k], closed[k]);
    printf("},\"frames_received\":%llu,\"bytes_received\":%llu,\"malformed\":%llu,\"own_cpu_s\":%.3f",
           (unsigned long long)frames_received, (unsigned long long)bytes_received, (unsigned long long)malformed, cpu_seconds());
}

static int run_load(void) {
    make_writers();
    on_update = count_update;
    connect_all(at_once, patience);
    uint64_t ready_at = now_ns();
    printf("{\"event\":\"ready\",\"synced\":%d,\"clients\":%d,\"connect_ms\":%.1f}\n", states[SYNCED], client_count,
           (double)(ready_at - opened_at) / 1e6);
    /* Everyone writes once a period, at a moment of their own: phases are drawn once, sorted, and come round again. */
    uint64_t period = (uint64_t)(1e9 / rate), start = now_ns() + 1000000;
    uint64_t *phases = malloc(((size_t)writer_count + 1) * sizeof *phases);
    int *order = malloc(((size_t)writer_count + 1) * sizeof *order);
    for (int i = 0; i < writer_count; i++) {
        phases[i] = random64() % period;
        int at = (int)(random64() % (uint64_t)(i + 1));
        order[i] = order[at];
        order[at] = i;
    }
    for (int gap = writer_count / 2; gap > 0; gap /= 2)
        for (int i = gap; i < writer_count; i++)
            for (int j = i - gap; j >= 0 && phases[j] > phases[j + gap]; j -= gap) {
                uint64_t swap = phases[j];
                phases[j] = phases[j + gap];
                phases[j + gap] = swap;
            }
    window_start = start + (uint64_t)(warm * 1e9);
    window_end = window_start + (uint64_t)(seconds * 1e9);
    uint64_t frames_before = 0, bytes_before = 0, round = 0, open_before = (uint64_t)states[SYNCED];
    double cpu_before = 0, cpu_after = 0;
    int next = 0, stage = 0;
    for (;;) {
        uint64_t now = now_ns();
        if (stage == 0 && now >= window_start) {
            stage = 1;
            cpu_before = cpu_seconds();
            frames_before = frames_received, bytes_before = bytes_received;
            printf("{\"event\":\"start\"}\n");
        }
        if (now >= window_end || states[SYNCED] == 0) break;
        uint64_t due = start + round * period + (writer_count ? phases[next] : 0);
        for (int burst = 0; writer_count && due <= now && burst < 64; burst++) {
            write_letter(&writers[order[next]], due);
            if (++next == writer_count) next = 0, round++;
            due = start + round * period + phases[next];
        }
        uint64_t until = writer_count && due < window_end ? due : window_end;
        if (stage == 0 && window_start < until) until = window_start;
        step(until);
    }
    cpu_after = cpu_seconds();
    uint64_t frames = frames_received - frames_before, bytes = bytes_received - bytes_before, in_window = window_delivered;
    printf("{\"event\":\"end\",\"delivered\":%llu}\n", (unsigned long long)in_window);
    uint64_t drain_start = now_ns(), deadline = drain_start + (uint64_t)(drain * 1e9);
    while (delivered < total_expected && states[SYNCED] > 0 && now_ns() < deadline) step(now_ns() + 20000000);
    double drained = (double)(now_ns() - drain_start) / 1e9;
    uint64_t seen = seen_file ? write_seen() : 0;
    print_common("load");
    printf(",\"connect_ms\":%.1f,\"synced_before\":%llu,\"rate\":%g,\"seconds\":%g,\"sent\":%llu,\"expected\":%llu,\"delivered\":%llu,"
           "\"missing\":%llu,\"impossible\":%llu,\"seen\":%llu,\"drain_s\":%.3f,",
           (double)(ready_at - opened_at) / 1e6, (unsigned long long)open_before, rate, seconds, (unsigned long long)total_sent,
           (unsigned long long)total_expected, (unsigned long long)delivered, (unsigned long long)(total_expected - delivered),
           (unsigned long long)impossible, (unsigned long long)seen, drained);
    printf("\"window\":{\"sent\":%llu,\"delivered\":%llu,\"frames\":%llu,\"bytes\":%llu,\"cpu_s\":%.4f},", (unsigned long long)window_sent,
           (unsigned long long)in_window, (unsigned long long)frames, (unsigned long long)bytes, cpu_after - cpu_before);
    print_histogram("latency_ms", &latency);
    printf(",");
    print_histogram("late_ms", &lateness);
    printf("}\n");
    return 0;
}

static int run_hold(void) {
    on_update = collect_update;
    connect_all(at_once, patience);
    print_common("hold");
    printf("}\n");
    for (;;) {
        char byte;
        fcntl(0, F_SETFL, O_NONBLOCK);
        if (read(0, &byte, 1) == 0) return 0;
        step(now_ns() + 50000000);
    }
}

static uint64_t missing_of(Client *c) {
    uint64_t missing = c->clocks.total < expect ? expect - c->clocks.total : 0;
    Clocks *must = &docs[c->doc].must;
    for (size_t i = 0; i < must->count; i++)
        for (size_t k = 0; k < must->clients[i].count; k++) {
            Range *r = &must->clients[i].ranges[k];
            missing += missing_clocks(&c->clocks, must->clients[i].client, r->start, r->end);
        }
    return missing;
}

static int finished; /* clients who have all that they wait for */

static void finish_if_whole(Client *c) {
    if (!c->finished_at && missing_of(c) == 0) {
        c->finished_at = now_ns();
        finished++;
    }
}

static void collect_and_finish(Client *c, const uint8_t *data, size_t len) {
    collect_update(c, data, len);
    if (c->state == SYNCED) finish_if_whole(c); /* a step 2 is looked at once it made the client synced */
}

/* Ranges, one a line: `document client start end`. */
static void read_must(void) {
    char name[256];
    unsigned long long client, start, end;
    FILE *f = fopen(must_file, "r");
    if (!f) fail(must_file);
    while (fscanf(f, " %255s %llu %llu %llu", name, &client, &start, &end) == 4) {
        int doc = doc_named(name);
        if (doc >= 0) add_clocks(&docs[doc].must, client, start, end - start);
    }
    fclose(f);
}

static void write_vectors(void) {
    FILE *f = fopen(vectors_file, "w");
    if (!f) fail(vectors_file);
    for (int i = 0; i < client_count; i++)
        for (size_t k = 0; k < clients[i].clocks.count; k++) {
            ClientRanges *c = &clients[i].clocks.clients[k];
            if (c->count && c->ranges[0].start == 0)
                fprintf(f, "%s %llu %llu\n", docs[clients[i].doc].name, (unsigned long long)c->client, (unsigned long long)c->ranges[0].end);
        }
    fclose(f);
}

/* State vectors, one client a line: `document client clock`; `back` clocks are left out. */
static void read_vectors(void) {
    char name[256];
    unsigned long long client, clock;
    Buffer *entries = calloc((size_t)doc_count, sizeof *entries);
    uint64_t *counts = calloc((size_t)doc_count, sizeof *counts);
    FILE *f = fopen(vectors_file, "r");
    if (!f) fail(vectors_file);
    while (fscanf(f, " %255s %llu %llu", name, &client, &clock) == 3) {
        int doc = doc_named(name);
        if (doc < 0 || clock <= back) continue;
        put_number(&entries[doc], client);
        put_number(&entries[doc], clock - back);
        counts[doc]++;
    }
    fclose(f);
    for (int i = 0; i < doc_count; i++) {
        put_number(&docs[i].state_vector, counts[i]);
        if (entries[i].len) put(&docs[i].state_vector, entries[i].data, entries[i].len);
    }
}

static int by_time(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_times(const char *name, bool synced) {
    double *ms = malloc(((size_t)client_count + 1) * sizeof *ms);
    int n = 0;
    for (int i = 0; i < client_count; i++) {
        uint64_t at = synced ? clients[i].synced_at : clients[i].finished_at;
        if (at) ms[n++] = (double)(at - opened_at) / 1e6;
    }
    qsort(ms, (size_t)n, sizeof *ms, by_time);
    printf(",\"%s\":{\"count\":%d,\"p50\":%.3f,\"max\":%.3f}", name, n, n ? ms[n / 2] : 0, n ? ms[n - 1] : 0);
}

static int run_open(void) {
    if (must_file) read_must();
    on_update = collect_and_finish;
    on_synced = finish_if_whole;
    uint64_t deadline = now_ns() + (uint64_t)(patience * 1e9);
    connect_all(at_once, patience);
    while (finished + states[CLOSED] < client_count && now_ns() < deadline) step(now_ns() + 20000000);
    uint64_t missing = 0, total = 0;
    for (int i = 0; i < client_count; i++) missing += missing_of(&clients[i]), total += clients[i].clocks.total;
    if (vectors_file) write_vectors();
    print_common("open");
    printf(",\"missing\":%llu,\"clocks\":%llu", (unsigned long long)missing, (unsigned long long)total);
    print_times("synced_ms", true);
    print_times("whole_ms", false);
    printf("}\n");
    return 0;
}

static int run_storm(void) {
    read_vectors();
    on_update = collect_update;
    connect_all(client_count, patience);
    print_common("storm");
    print_times("synced_ms", true);
    printf("}\n");
    return 0;
}

typedef struct {
    size_t at, asked; /* in the log; asked: its answer to the latest question is waited for */
    uint64_t ask_at;
} Typist;

/* A log: for each update, its length (4 bytes, the lowest first) and its bytes. */
static int run_type(void) {
    Buffer log = {0};
    Clocks all = {0};
    FILE *f = fopen(updates_file, "rb");
    if (!f) fail(updates_file);
    for (size_t n; (n = fread(scratch, 1, sizeof scratch, f)) > 0;) put(&log, scratch, n);
    fclose(f);
    uint64_t count = 0;
    for (size_t at = 0; at < log.len; count++) {
        uint32_t len;
        memcpy(&len, log.data + at, 4);
        if (!read_update(log.data + at + 4, len, add_clocks, &all)) malformed++;
        at += 4 + len;
    }
    expect = all.total;
    on_update = collect_and_finish;
    on_synced = finish_if_whole;
    connect_all(at_once, patience);
    uint64_t started = now_ns(), deadline = started + (uint64_t)(patience * 1e9);
    Typist *typists = calloc((size_t)client_count, sizeof *typists);
    while (finished + states[CLOSED] < client_count && now_ns() < deadline) {
        for (int i = 0; i < client_count; i++) {
            Client *c = &clients[i];
            Typist *t = &typists[i];
            if (c->state != SYNCED || c->finished_at) continue;
            for (int burst = 0; t->at < log.len && c->out.len - c->sent < 65536 && burst < 256; burst++) {
                uint32_t len;
                memcpy(&len, log.data + t->at, 4);
                queue_sync(c, 2, log.data + t->at + 4, len);
                t->at += 4 + len;
            }
            if (t->at == log.len && now_ns() >= t->ask_at) {
                ask_state(c);
                t->ask_at = now_ns() + 2000000000ull;
            }
            if (c->state != CLOSED) flush_client(c);
        }
        step(now_ns() + 1000000);
    }
    print_common("type");
    printf(",\"updates\":%llu,\"clocks\":%llu,\"whole\":%d,\"seconds\":%.3f}\n", (unsigned long long)count, (unsigned long long)expect,
           finished, (double)(now_ns() - started) / 1e9);
    return 0;
}

static int run_parse(void) {
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t n; (n = getline(&line, &cap, stdin)) >= 0;) {
        Clocks found = {0};
        size_t len = 0;
        for (ssize_t i = 0; i + 1 < n; i += 2) {
            unsigned byte;
            if (sscanf(line + i, "%2x", &byte) != 1) break;
            ((uint8_t *)line)[len++] = (uint8_t)byte;
        }
        bool whole = read_update((uint8_t *)line, len, add_clocks, &found);
        printf("{\"whole\":%s,\"clients\":{", whole ? "true" : "false");
        for (size_t i = 0; i < found.count; i++) {
            printf("%s\"%llu\":[", i ? "," : "", (unsigned long long)found.clients[i].client);
            for (size_t k = 0; k < found.clients[i].count; k++)
                printf("%s[%llu,%llu]", k ? "," : "", (unsigned long long)found.clients[i].ranges[k].start,
                       (unsigned long long)found.clients[i].ranges[k].end);
            printf("]");
        }
        printf("}}\n");
    }
    return 0;
}

static void read_arguments(int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        const char *name = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(name, "--hocuspocus")) {
            hocuspocus = true;
            continue;
        }
        i++;
        if (!strcmp(name, "--plan")) plan_file = value;
        else if (!strcmp(name, "--seen")) seen_file = value;
        else if (!strcmp(name, "--must")) must_file = value;
        else if (!strcmp(name, "--vectors")) vectors_file = value;
        else if (!strcmp(name, "--updates")) updates_file = value;
        else if (!strcmp(name, "--rate")) rate = atof(value);
        else if (!strcmp(name, "--warm")) warm = atof(value);
        else if (!strcmp(name, "--seconds")) seconds = atof(value);
        else if (!strcmp(name, "--drain")) drain = atof(value);
        else if (!strcmp(name, "--patience")) patience = atof(value);
        else if (!strcmp(name, "--at-once")) at_once = atoi(value);
        else if (!strcmp(name, "--expect")) expect = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--back")) back = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--seed")) random_state = strtoull(value, NULL, 10) * 0x9E3779B97F4A7C15ull + 88172645463325252ull;
        else {
            fprintf(stderr, "unknown: %s\n", name);
            exit(2);
        }
    }
}

int main(int argc, char **argv) {
    const char *mode = argc > 1 ? argv[1] : "";
    read_arguments(argc, argv);
    for (int i = 0; i < 16; i++) random64();
    begin();
    if (!strcmp(mode, "parse")) return run_parse();
    if (!plan_file) {
        fprintf(stderr, "--plan is missing\n");
        return 2;
    }
    read_plan(plan_file, &writer_count);
    if (!strcmp(mode, "load")) return run_load();
    if (!strcmp(mode, "hold")) return run_hold();
    if (!strcmp(mode, "open")) return run_open();
    if (!strcmp(mode, "storm")) return run_storm();
    if (!strcmp(mode, "type")) return run_type();
    fprintf(stderr, "unknown mode: %s\n", mode);
    return 2;
}
