/* Writes the Turtle files of the LV2 bundle from the table of processors, when Cochlea is built.
 *
 *     write_turtle manifest BINARY MINOR MICRO [UI-BINARY]
 *     write_turtle plugins BINARY MINOR MICRO [UI-BINARY]
 */
#include "notice.h"
#include "ports.h"
#include "processors.h"
#include "sight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS_SIZE 65536 /* bytes for MIDI of one block: some 2700 messages */

/* Bytes for a notice and for word of a file, in one block. */
#define NOTIFY_SIZE (512 + sizeof(coch_lv2_notice) + COCH_PATH_MAX)

static const char prefixes[] = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                               "@prefix doap: <http://usefulinc.com/ns/doap#> .\n"
                               "@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n"
                               "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                               "@prefix log: <http://lv2plug.in/ns/ext/log#> .\n"
                               "@prefix midi: <http://lv2plug.in/ns/ext/midi#> .\n"
                               "@prefix patch: <http://lv2plug.in/ns/ext/patch#> .\n"
                               "@prefix pg: <http://lv2plug.in/ns/ext/port-groups#> .\n"
                               "@prefix pprops: <http://lv2plug.in/ns/ext/port-props#> .\n"
                               "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                               "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                               "@prefix rsz: <http://lv2plug.in/ns/ext/resize-port#> .\n"
                               "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
                               "@prefix time: <http://lv2plug.in/ns/ext/time#> .\n"
                               "@prefix ui: <http://lv2plug.in/ns/extensions/ui#> .\n"
                               "@prefix units: <http://lv2plug.in/ns/extensions/units#> .\n"
                               "@prefix urid: <http://lv2plug.in/ns/ext/urid#> .\n"
                               "@prefix work: <http://lv2plug.in/ns/ext/worker#> .\n\n";

static const char *const sides[COCH_CHANNELS_MAX] = {"left", "right"};
static const char *const side_names[COCH_CHANNELS_MAX] = {"Left", "Right"};

/* A group's name as the end of a URI: lower case, no spaces. */
static void print_group(const coch_processor *p, const char *group)
{
    printf("<" COCH_LV2_URI "%s#", p->id);
    for (; *group; group++)
        putchar(*group == ' ' ? '-' : *group | 0x20);
    printf(">");
}

static void print_preset(const coch_processor *p, const coch_preset *preset)
{
    printf("<" COCH_LV2_URI "%s#%s>\n\ta pset:Preset ;\n\tlv2:appliesTo <" COCH_LV2_URI "%s> ;\n"
           "\trdfs:label \"%s\"",
           p->id, preset->symbol, p->id, preset->name);
}

/* `ui` is the binary of the window, NULL where there is none. */
static void print_manifest(const coch_processor *p, const char *binary, const char *minor, const char *micro,
                           const char *ui)
{
    printf("<" COCH_LV2_URI "%s>\n\ta lv2:Plugin ;\n\tlv2:binary <%s> ;\n\tlv2:minorVersion %s ;\n"
           "\tlv2:microVersion %s ;\n\trdfs:seeAlso <plugins.ttl> .\n\n",
           p->id, binary, minor, micro);
    if (ui)
        printf("<" COCH_LV2_URI "%s" COCH_LV2_UI ">\n\ta ui:X11UI ;\n\tlv2:binary <%s> ;\n"
               "\trdfs:seeAlso <plugins.ttl> .\n\n",
               p->id, ui);
    for (size_t i = 0; i < p->preset_count; i++) {
        print_preset(p, &p->presets[i]);
        printf(" ;\n\trdfs:seeAlso <plugins.ttl> .\n\n");
    }
}

/* ---- Ports ---- */

static void print_audio(const coch_processor *p, int output, unsigned channel, uint32_t index)
{
    const char *way = output ? "out" : "in";
    printf(
        "\tlv2:port [\n\t\ta lv2:AudioPort , lv2:%sPort ;\n\t\tlv2:index %u ;\n\t\tlv2:symbol \"%s_%s\" ;\n"
        "\t\tlv2:name \"%s %s\" ;\n\t\tlv2:designation pg:%s ;\n\t\tpg:group ",
        output ? "Output" : "Input", index, way, sides[channel], side_names[channel], way, sides[channel]);
    print_group(p, output ? "Audio out" : "Audio in");
    printf("%s\n\t] ;\n", channel > 0 ? " ;\n\t\tlv2:portProperty lv2:connectionOptional" : "");
}

static void print_control(const coch_processor *p, uint32_t index)
{
    printf("\tlv2:port [\n\t\ta atom:AtomPort , lv2:InputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"control\" ;\n\t\tlv2:name \"Control\" ;\n\t\tlv2:designation lv2:control ;\n"
           "\t\tatom:bufferType atom:Sequence ;\n\t\tatom:supports time:Position%s%s\n\t] ;\n",
           index, p->watch ? " , <" COCH_LV2_LISTEN ">" : "", p->file ? " , patch:Message" : "");
}

static void print_events(uint32_t index)
{
    printf("\tlv2:port [\n\t\ta atom:AtomPort , lv2:OutputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"midi\" ;\n\t\tlv2:name \"MIDI out\" ;\n\t\tatom:bufferType atom:Sequence ;\n"
           "\t\tatom:supports midi:MidiEvent ;\n\t\trsz:minimumSize %d\n\t] ;\n",
           index, EVENTS_SIZE);
}

/* The way in which a plugin tells its window what it hears, and everybody of its file. */
static void print_notify(const coch_processor *p, uint32_t index)
{
    printf("\tlv2:port [\n\t\ta atom:AtomPort , lv2:OutputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"notify\" ;\n\t\tlv2:name \"Notify\" ;\n\t\tatom:bufferType atom:Sequence ;\n"
           "\t\tatom:supports %s%s%s ;\n\t\trsz:minimumSize %zu ;\n"
           "\t\tlv2:portProperty lv2:connectionOptional , pprops:notOnGUI\n\t] ;\n",
           index, p->watch ? "<" COCH_LV2_NOTICE ">" : "", p->watch && p->file ? " , " : "",
           p->file ? "patch:Message" : "", NOTIFY_SIZE);
}

static void print_latency(uint32_t index)
{
    printf("\tlv2:port [\n\t\ta lv2:ControlPort , lv2:OutputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"latency\" ;\n\t\tlv2:name \"Latency\" ;\n\t\tlv2:designation lv2:latency ;\n"
           "\t\tlv2:portProperty lv2:reportsLatency , lv2:integer , pprops:notOnGUI ;\n"
           "\t\tlv2:minimum 0 ;\n\t\tlv2:maximum 38400 ;\n\t\tunits:unit units:frame\n\t] ;\n",
           index);
}

static void print_freewheel(uint32_t index)
{
    printf("\tlv2:port [\n\t\ta lv2:ControlPort , lv2:InputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"freewheel\" ;\n\t\tlv2:name \"Freewheel\" ;\n"
           "\t\tlv2:designation lv2:freeWheeling ;\n"
           "\t\tlv2:portProperty lv2:toggled , pprops:notOnGUI , pprops:notAutomatic ;\n"
           "\t\tlv2:default 0 ;\n\t\tlv2:minimum 0 ;\n\t\tlv2:maximum 1\n\t]",
           index);
}

static void print_kind(const coch_parameter *parameter)
{
    static const char *const units[] = {NULL, "ms", "hz", "semitone12TET", "db", "pc"};
    switch (parameter->kind) {
    case COCH_PARAMETER_REAL:
        break;
    case COCH_PARAMETER_NOTE:
        printf("\t\tunits:unit units:midiNote ;\n\t\tlv2:portProperty lv2:integer ;\n");
        break;
    case COCH_PARAMETER_INTEGER:
        printf("\t\tlv2:portProperty lv2:integer ;\n");
        break;
    case COCH_PARAMETER_CHOICE:
        printf("\t\tlv2:portProperty lv2:integer , lv2:enumeration ;\n");
        for (int i = 0; i <= (int)parameter->maximum; i++)
            printf("\t\tlv2:scalePoint [\n\t\t\trdfs:label \"%s\" ;\n\t\t\trdf:value %d\n\t\t] ;\n",
                   parameter->labels[i], i);
        break;
    case COCH_PARAMETER_TOGGLE:
    case COCH_PARAMETER_BYPASS:
        printf("\t\tlv2:portProperty lv2:toggled ;\n");
        break;
    }
    if (units[parameter->unit])
        printf("\t\tunits:unit units:%s ;\n", units[parameter->unit]);
}

static void print_parameter(const coch_processor *p, const coch_parameter *parameter, uint32_t index)
{
    int bypass = parameter->kind == COCH_PARAMETER_BYPASS;
    printf(" ;\n\tlv2:port [\n\t\ta lv2:ControlPort , lv2:InputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"%s\" ;\n\t\tlv2:name \"%s\" ;\n\t\trdfs:comment \"%s%s\" ;\n",
           index, bypass ? "enabled" : parameter->symbol, bypass ? "Enabled" : parameter->name,
           bypass ? "Off: " : "", parameter->comment);
    if (bypass)
        printf("\t\tlv2:designation lv2:enabled ;\n");
    print_kind(parameter);
    printf("\t\tlv2:default %g ;\n\t\tlv2:minimum %g ;\n\t\tlv2:maximum %g ;\n\t\tpg:group ",
           bypass ? 1.0 : (double)parameter->initial, (double)parameter->minimum, (double)parameter->maximum);
    print_group(p, parameter->group);
    printf("\n\t]");
}

static void print_output(const coch_processor *p, const coch_parameter *output, uint32_t index)
{
    printf(" ;\n\tlv2:port [\n\t\ta lv2:ControlPort , lv2:OutputPort ;\n\t\tlv2:index %u ;\n"
           "\t\tlv2:symbol \"%s\" ;\n\t\tlv2:name \"%s\" ;\n\t\trdfs:comment \"%s\" ;\n",
           index, output->symbol, output->name, output->comment);
    print_kind(output);
    printf("\t\tlv2:default 0 ;\n\t\tlv2:minimum %g ;\n\t\tlv2:maximum %g ;\n\t\tpg:group ",
           (double)output->minimum, (double)output->maximum);
    print_group(p, output->group);
    printf("\n\t]");
}

/* ---- Groups and the rest ---- */

static void print_audio_group(const coch_processor *p, int output)
{
    print_group(p, output ? "Audio out" : "Audio in");
    printf("\n\ta pg:%sGroup , pg:%sGroup ;\n\tlv2:symbol \"audio_%s\" ;\n\tlv2:name \"Audio %s\"",
           p->channels == 2 ? "Stereo" : "Mono", output ? "Output" : "Input", output ? "out" : "in",
           output ? "out" : "in");
    if (output) {
        printf(" ;\n\tpg:source ");
        print_group(p, "Audio in");
    }
    printf(" .\n\n");
}

static void print_groups(const coch_processor *p)
{
    print_audio_group(p, 0);
    print_audio_group(p, 1);
    for (size_t i = 0; i < p->parameter_count; i++) {
        const char *group = p->parameters[i].group;
        int known = 0;
        for (size_t j = 0; j < i; j++)
            known |= strcmp(group, p->parameters[j].group) == 0;
        if (known)
            continue;
        print_group(p, group);
        printf("\n\ta pg:InputGroup ;\n\tlv2:symbol \"group_%zu\" ;\n\tlv2:name \"%s\" .\n\n", i, group);
    }
    if (p->output_count > 0) { /* of which all are in one */
        print_group(p, p->outputs[0].group);
        printf("\n\ta pg:OutputGroup ;\n\tlv2:symbol \"outputs\" ;\n\tlv2:name \"%s\" .\n\n",
               p->outputs[0].group);
    }
}

static void print_presets(const coch_processor *p)
{
    for (size_t i = 0; i < p->preset_count; i++) {
        print_preset(p, &p->presets[i]);
        for (size_t k = 0; k < p->parameter_count; k++)
            if (p->parameters[k].kind != COCH_PARAMETER_BYPASS)
                printf(" ;\n\tlv2:port [\n\t\tlv2:symbol \"%s\" ;\n\t\tpset:value %.4f\n\t]",
                       p->parameters[k].symbol, (double)p->presets[i].values[k]);
        printf(" .\n\n");
    }
}

static void print_ui(const coch_processor *p)
{
    printf("<" COCH_LV2_URI "%s" COCH_LV2_UI ">\n\ta ui:X11UI ;\n"
           "\tlv2:requiredFeature ui:idleInterface , ui:parent ;\n"
           "\tlv2:optionalFeature <http://lv2plug.in/ns/ext/instance-access> ,\n"
           "\t\t<http://lv2plug.in/ns/ext/data-access> , ui:resize , ui:touch , urid:map ,\n"
           "\t\t<http://lv2plug.in/ns/ext/options#options> ;\n"
           "\tlv2:extensionData ui:idleInterface , ui:resize",
           p->id);
    if (p->watch)
        printf(" ;\n\tui:portNotification [\n\t\tui:plugin <" COCH_LV2_URI "%s> ;\n"
               "\t\tlv2:symbol \"notify\" ;\n\t\tui:protocol atom:eventTransfer ;\n"
               "\t\tui:notifyType <" COCH_LV2_NOTICE ">\n\t]",
               p->id);
    printf(" .\n\n");
}

static void print_file(const coch_processor *p)
{
    printf("<" COCH_LV2_URI "%s#%s>\n\ta lv2:Parameter ;\n\trdfs:label \"%s\" ;\n\trdfs:comment \"%s\" ;\n"
           "\trdfs:range atom:Path .\n\n",
           p->id, p->file->symbol, p->file->name, p->file->comment);
}

static void print_plugin(const coch_processor *p, int ui)
{
    coch_lv2_ports at = coch_lv2_ports_of(p);
    print_groups(p);
    if (p->file)
        print_file(p);
    printf("<" COCH_LV2_URI "%s>\n\ta lv2:Plugin , lv2:%s ;\n\tlv2:project <urn:cochlea> ;\n"
           "\tdoap:name \"%s\" ;\n\tdoap:license <https://spdx.org/licenses/GPL-2.0-or-later> ;\n"
           "\trdfs:comment \"%s\" ;\n\tlv2:requiredFeature urid:map ;\n"
           "\tlv2:optionalFeature lv2:hardRTCapable%s ;\n",
           p->id, p->lv2_class, coch_processor_name(p), coch_processor_summary(p),
           p->file ? " , work:schedule , state:mapPath , state:freePath , log:log" : "");
    if (p->file)
        printf("\tlv2:extensionData state:interface , work:interface ;\n"
               "\tpatch:writable <" COCH_LV2_URI "%s#%s> ;\n",
               p->id, p->file->symbol);
    printf("\tpg:mainInput ");
    print_group(p, "Audio in");
    printf(" ;\n\tpg:mainOutput ");
    print_group(p, "Audio out");
    printf(" ;\n");
    if (ui)
        printf("\tui:ui <" COCH_LV2_URI "%s" COCH_LV2_UI "> ;\n\tlv2:extensionData <" COCH_LV2_SIGHT "> ;\n",
               p->id);
    for (unsigned c = 0; c < p->channels && c < COCH_CHANNELS_MAX; c++)
        print_audio(p, 0, c, at.in + c);
    for (unsigned c = 0; c < p->channels && c < COCH_CHANNELS_MAX; c++)
        print_audio(p, 1, c, at.out + c);
    print_control(p, at.control);
    if (p->midi_out)
        print_events(at.events);
    if (p->watch || p->file)
        print_notify(p, at.notify);
    print_latency(at.latency);
    print_freewheel(at.freewheel);
    for (uint32_t i = 0; i < p->parameter_count; i++)
        print_parameter(p, &p->parameters[i], at.parameters + i);
    for (uint32_t i = 0; i < p->output_count; i++)
        print_output(p, &p->outputs[i], at.outputs + i);
    printf(" .\n\n");
    if (ui)
        print_ui(p);
    print_presets(p);
}

int main(int argc, char **argv)
{
    if (argc < 5 || argc > 6)
        return EXIT_FAILURE;
    const char *ui = argc > 5 ? argv[5] : NULL;
    int manifest = strcmp(argv[1], "manifest") == 0;
    printf("%s", prefixes);
    if (!manifest)
        printf(
            "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n\n"
            "<urn:cochlea>\n\ta doap:Project ;\n\tdoap:name \"Cochlea\" ;\n"
            "\tdoap:shortdesc \"A listening instrument\" ;\n"
            "\tdoap:maintainer [\n\t\ta foaf:Group ;\n\t\tfoaf:name \"The Cochlea developers\"\n\t] .\n\n");
    if (!manifest && ui)
        printf("<" COCH_LV2_SIGHT ">\n\ta lv2:ExtensionData .\n\n");
    if (!manifest)
        printf("<" COCH_LV2_LISTEN ">\n\ta rdfs:Class ;\n\trdfs:subClassOf atom:Object .\n\n"
               "<" COCH_LV2_NOTICE ">\n\ta rdfs:Class , rdfs:Datatype ;\n\trdfs:subClassOf atom:Chunk .\n\n");
    for (size_t i = 0; coch_processor_at(i); i++) {
        if (manifest)
            print_manifest(coch_processor_at(i), argv[2], argv[3], argv[4], ui);
        else
            print_plugin(coch_processor_at(i), ui != NULL);
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
