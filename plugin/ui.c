#include "ui.h"

#include "processors.h"
#include "ui_hybrid.h"

#include "window.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define POINTS_WIDE 900
#define POINTS_HIGH 500
#define STALE_SECONDS 0.25 /* after that without sound, the picture stands still */
#define FILE_CONTROL 1000  /* the id of the menu of files; those of parameters are far below */
#define LOOKS 16           /* at events, between two pictures */

struct coch_ui {
    window *window;
    const coch_processor *processor;
    coch_ui_host host;
    int held;           /* parameter that the user holds, -1 for none */
    double last;        /* clock of the last picture */
    double clock;       /* that stands still while nothing is heard */
    int64_t heard;      /* samples, as of the last picture */
    double heard_at;    /* clock at which that grew last */
    double features_at; /* and of the newest features */
    int seen;           /* what waited from before the window has been passed over */
    coch_watch watch;
    coch_ui_file file; /* of a processor that wants one */
};

/* ---- Parameters as controls; the id of a control is 1 + the parameter's index ---- */

static double step_of(const coch_parameter *p)
{
    if (p->kind != COCH_PARAMETER_REAL || p->unit == COCH_UNIT_MILLISECONDS)
        return 1.0;
    return p->unit == COCH_UNIT_HERTZ || p->unit == COCH_UNIT_DECIBELS ? 0.5 : 0.05;
}

static void add_menu(coch_view_model *model, int id, const coch_parameter *p)
{
    int menu = coch_view_add_menu(model, id, p->name);
    for (int i = 0; i <= (int)p->maximum; i++)
        coch_view_add_choice(model, menu, p->labels[i]);
    if (menu >= 0)
        model->controls[menu].initial = (double)p->initial;
}

static void add_knob(coch_view_model *model, int id, const coch_parameter *p)
{
    const char *unit = p->kind == COCH_PARAMETER_NOTE ? "note" : coch_parameter_unit_text(p);
    int knob = coch_view_add_knob(model, id, p->name, unit, (double)p->minimum, (double)p->maximum,
                                  step_of(p), (double)p->initial);
    if (knob >= 0) /* what has no unit is a factor */
        model->controls[knob].logarithmic =
            p->kind == COCH_PARAMETER_REAL && p->unit == COCH_UNIT_NONE && p->minimum > 0.0f;
}

static void add_controls(coch_view_model *model, const coch_processor *processor)
{
    for (size_t i = 0; i < processor->parameter_count; i++) {
        const coch_parameter *p = &processor->parameters[i];
        int id = (int)i + 1;
        if (p->kind == COCH_PARAMETER_CHOICE)
            add_menu(model, id, p);
        else if (p->kind == COCH_PARAMETER_TOGGLE || p->kind == COCH_PARAMETER_BYPASS)
            coch_view_add_switch(model, id, p->name, p->initial > 0.5f);
        else
            add_knob(model, id, p);
    }
    if (processor->file)
        coch_ui_file_add(model, FILE_CONTROL, processor->file);
}

/* The host's automation moves the controls, but not the one in the user's hand. */
static void follow_host(coch_ui *ui, coch_view_model *model)
{
    for (int i = 0; i < model->control_count; i++) {
        coch_view_control *c = &model->controls[i];
        if (c->id != FILE_CONTROL && c->id - 1 != ui->held)
            c->value = ui->host.get(ui->host.context, (size_t)c->id - 1);
    }
}

static void let_go(coch_ui *ui)
{
    if (ui->held >= 0)
        ui->host.end(ui->host.context, (size_t)ui->held);
    ui->held = -1;
}

static void turn(coch_ui *ui, int index, double value)
{
    if (ui->held != index) {
        let_go(ui);
        ui->held = index;
        ui->host.begin(ui->host.context, (size_t)index);
    }
    ui->host.set(ui->host.context, (size_t)index, value);
}

/* What was chosen is to be heard. */
static void choose_file(coch_ui *ui, int entry)
{
    const char *path = coch_ui_file_path(&ui->file, entry);
    ui->host.choose(ui->host.context, path);
    if (path[0])
        turn(ui, COCH_HYBRID_TARGET, COCH_HYBRID_INSIDE);
    let_go(ui);
}

static void changed(void *context, int id, double value)
{
    coch_ui *ui = context;
    if (id == FILE_CONTROL)
        choose_file(ui, (int)value);
    else
        turn(ui, id - 1, value);
}

static int is_dragged(const coch_view_model *model, int parameter)
{
    return model->focus.drag >= 0 && model->controls[model->focus.drag].id - 1 == parameter;
}

/* ---- What is heard ---- */

/* All that sounds ends, without any event of the engine. */
static void end_notes(coch_view_model *model, int64_t time, double rate)
{
    cochlea_event off = {.type = COCHLEA_NOTE_OFF, .time = time, .emit = time};
    const cochlea_event up = {
        .type = COCHLEA_CONTROL, .controller = COCHLEA_SUSTAIN, .time = time, .emit = time};
    for (off.note = 0; off.note < 128; off.note++)
        coch_view_model_events(model, &off, 1, rate);
    coch_view_model_events(model, &up, 1, rate);
}

static void take_events(coch_view_model *model, const coch_watch *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->events[i].type == COCH_WATCH_BREAK)
            end_notes(model, w->events[i].time, w->rate);
        else
            coch_view_model_events(model, &w->events[i], 1, w->rate);
    if (w->lost)
        end_notes(model, w->stats.samples, w->rate);
}

/* Hosts do not run a plugin all the time. */
static double clock_of(coch_ui *ui, double elapsed)
{
    if (ui->watch.stats.samples != ui->heard)
        ui->heard_at = ui->last;
    ui->heard = ui->watch.stats.samples;
    if (ui->last - ui->heard_at < STALE_SECONDS)
        ui->clock += elapsed;
    return ui->clock;
}

static void look(coch_ui *ui, coch_view_model *model, double elapsed)
{
    coch_watch *w = &ui->watch;
    int looks = 0, fresh = 0;
    do {
        if (!ui->host.watch || !ui->host.watch(ui->host.context, w))
            return;
        if (ui->seen)
            take_events(model, w);
        fresh |= w->fresh;
    } while (w->count == COCH_WATCH_EVENTS && ++looks < LOOKS);
    ui->seen = 1;
    if (fresh)
        ui->features_at = ui->last;
    coch_view_model_stats(model, &w->stats, w->rate, clock_of(ui, elapsed));
    if (ui->processor->picture == COCH_PICTURE_SPECTRA) {
        int stale = ui->last - ui->features_at >= STALE_SECONDS;
        coch_ui_hybrid_spectra(&model->hybrid, w, fresh, stale, elapsed);
        return;
    }
    coch_view_model_features(model, ui->last - ui->features_at < STALE_SECONDS ? w->features : NULL, elapsed);
}

/* The outputs as bars, where they are what plays and its classes. */
static void look_at_outputs(const coch_ui *ui, coch_view_model *model)
{
    const coch_processor *p = ui->processor;
    float share[COCH_OUTPUTS_MAX], sum = 0.0f;
    if (!ui->host.output || p->output_count < 2 || p->outputs[0].kind != COCH_PARAMETER_CHOICE)
        return;
    for (size_t i = 1; i < p->output_count; i++)
        sum += share[i - 1] = (float)ui->host.output(ui->host.context, i) / 100.0f;
    int count = sum > 0.0f ? (int)p->output_count - 1 : 0; /* nobody listens */
    int shown = (int)ui->host.output(ui->host.context, 0) - 1;
    coch_view_model_instrument(model, p->outputs[0].labels + 1, share, count, shown);
}

static void update(void *context, coch_view_model *model, double seconds)
{
    coch_ui *ui = context;
    double elapsed = ui->last > 0.0 ? seconds - ui->last : 0.0;
    ui->last = seconds;
    if (ui->held >= 0 && !is_dragged(model, ui->held))
        let_go(ui);
    follow_host(ui, model);
    look(ui, model, elapsed);
    look_at_outputs(ui, model);
    if (ui->processor->file) {
        coch_ui_file_look(&ui->file, model, &ui->host);
        coch_ui_hybrid_place(model, ui->watch.rate, ui->file.path);
    }
}

/* ---- Life ---- */

cochlea_status coch_ui_open(coch_ui **out, const coch_processor *processor, const coch_ui_host *host,
                            uintptr_t parent, int width, int height, double scale)
{
    char why[128];
    coch_ui *ui = *out = calloc(1, sizeof *ui);
    if (!ui)
        return COCHLEA_ERROR_MEMORY;
    *ui = (coch_ui){.processor = processor,
                    .host = *host,
                    .held = -1,
                    .features_at = -STALE_SECONDS,
                    .file = {.kind = processor->file}};
    const window_options options = {.title = coch_processor_name(processor),
                                    .parent = parent,
                                    .width = width,
                                    .height = height,
                                    .scale = scale,
                                    .context = ui,
                                    .update = update,
                                    .changed = changed};
    if (window_open(&ui->window, &options, why, sizeof why) != 0) {
        coch_ui_close(ui);
        *out = NULL;
        return COCHLEA_ERROR_STATE;
    }
    add_controls(window_model(ui->window), processor);
    if (processor->picture == COCH_PICTURE_SPECTRA)
        coch_ui_hybrid_open(window_model(ui->window));
    return COCHLEA_OK;
}

void coch_ui_close(coch_ui *ui)
{
    if (!ui)
        return;
    let_go(ui);
    window_close(ui->window);
    free(ui);
}

void coch_ui_idle(coch_ui *ui)
{
    window_step(ui->window, 0.0);
}

void coch_ui_size(const coch_ui *ui, double scale, int *width, int *height)
{
    *width = (int)lround(POINTS_WIDE * (scale > 0.0 ? scale : 1.0));
    *height = (int)lround(POINTS_HIGH * (scale > 0.0 ? scale : 1.0));
    if (ui)
        window_size(ui->window, width, height);
}

void coch_ui_resize(coch_ui *ui, int width, int height)
{
    window_resize(ui->window, width, height);
}

uintptr_t coch_ui_native(const coch_ui *ui)
{
    return window_native(ui->window);
}
