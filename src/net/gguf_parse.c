#include "net/gguf_reader.h"

#include <string.h>

enum {
    VERSION = 3,
    HEADER_SIZE = 24,
    COUNT_MAX = 4096,     /* tensors, and metadata entries */
    TENSOR_NAME_MAX = 64, /* bytes, by the specification */
    KEY_MAX = 1024,       /* bytes; the specification allows more, no file has it */
    DEPTH_MAX = 4,        /* arrays of arrays */
    ALIGNMENT_DEFAULT = 32,
    ALIGNMENT_MAX = 65536,
    VALUE_SIZE_MIN = 8 + 4 + 1,         /* key length, type, value */
    TENSOR_SIZE_MIN = 8 + 4 + 8 + 4 + 8 /* name length, dimensions, one of them, type, offset */
};

/* Walks over the header; never past its end. */
typedef struct cursor {
    coch_gguf *gguf;
    size_t at;
} cursor;

static cochlea_status fail(const cursor *c, const char *what)
{
    coch_gguf_fail(c->gguf, COCHLEA_ERROR_FORMAT, "%s", what);
    return COCHLEA_ERROR_FORMAT;
}

/* The next `size` bytes, NULL when there are fewer. */
static const unsigned char *take(cursor *c, uint64_t size)
{
    if (size > c->gguf->size - c->at) {
        return NULL;
    }
    const unsigned char *bytes = c->gguf->bytes + c->at;
    c->at += (size_t)size;
    return bytes;
}

static int take_u32(cursor *c, uint32_t *value)
{
    const unsigned char *bytes = take(c, 4);
    *value = bytes ? coch_gguf_u32(bytes) : 0;
    return bytes != NULL;
}

static int take_u64(cursor *c, uint64_t *value)
{
    const unsigned char *bytes = take(c, 8);
    *value = bytes ? coch_gguf_u64(bytes) : 0;
    return bytes != NULL;
}

/* The bytes of a string in place. */
static const unsigned char *take_raw_string(cursor *c, uint64_t *length)
{
    return take_u64(c, length) ? take(c, *length) : NULL;
}

/* A terminated copy of a string without zero bytes; *copy stays NULL while counting. */
static cochlea_status take_string(cursor *c, size_t *length, const char **copy)
{
    uint64_t size;
    const unsigned char *bytes = take_raw_string(c, &size);
    if (!bytes) {
        return fail(c, "a string reaches past the end of the file");
    }
    *length = (size_t)size;
    if (size && memchr(bytes, 0, *length)) {
        return fail(c, "a string holds a zero byte");
    }
    char *text = coch_arena_take(&c->gguf->arena, *length + 1, 1);
    if (text) {
        memcpy(text, bytes, *length); /* the arena is zero filled: terminated */
    }
    *copy = text;
    return COCHLEA_OK;
}

/* A key or tensor name: printable, so that it may be shown, and of sane length. */
static cochlea_status take_name(cursor *c, size_t length_max, const char **name)
{
    size_t length, start = c->at + 8;
    cochlea_status status = take_string(c, &length, name);
    if (status != COCHLEA_OK) {
        return status;
    }
    if (length == 0 || length > length_max) {
        return fail(c, "a name is empty or too long");
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = c->gguf->bytes[start + i];
        if (byte < 0x20 || byte == 0x7f) {
            return fail(c, "a name holds a control character");
        }
    }
    return COCHLEA_OK;
}

static cochlea_status skip_array(cursor *c, unsigned depth);

/* Numbers of one type; booleans must be 0 or 1. */
static cochlea_status skip_numbers(cursor *c, coch_gguf_value_type type, uint64_t count)
{
    size_t size = coch_gguf_value_size(type);
    if (count > (c->gguf->size - c->at) / size) {
        return fail(c, "a metadata value reaches past the end of the file");
    }
    const unsigned char *bytes = take(c, count * size);
    for (uint64_t i = 0; type == COCH_GGUF_VALUE_BOOL && i < count; i++) {
        if (bytes[i] > 1) {
            return fail(c, "a boolean is neither 0 nor 1");
        }
    }
    return COCHLEA_OK;
}

static cochlea_status skip_elements(cursor *c, coch_gguf_value_type type, uint64_t count, unsigned depth)
{
    if (coch_gguf_value_size(type) > 0) {
        return skip_numbers(c, type, count);
    }
    /* Each turn consumes bytes or fails: a huge count ends at the end of the file. */
    for (uint64_t i = 0; i < count; i++) {
        uint64_t length;
        if (type == COCH_GGUF_VALUE_ARRAY) {
            cochlea_status status = skip_array(c, depth + 1);
            if (status != COCHLEA_OK) {
                return status;
            }
        } else if (!take_raw_string(c, &length)) {
            return fail(c, "a string reaches past the end of the file");
        }
    }
    return COCHLEA_OK;
}

/* The head of an array: type and count of its elements. */
static cochlea_status take_array_head(cursor *c, uint32_t *element, uint64_t *count)
{
    if (!take_u32(c, element) || !take_u64(c, count)) {
        return fail(c, "an array reaches past the end of the file");
    }
    return *element < COCH_GGUF_VALUE_TYPES ? COCHLEA_OK : fail(c, "an array has an unknown type");
}

static cochlea_status skip_array(cursor *c, unsigned depth)
{
    uint32_t element;
    uint64_t count;
    if (depth > DEPTH_MAX) {
        return fail(c, "arrays are nested too deep");
    }
    cochlea_status status = take_array_head(c, &element, &count);
    return status == COCHLEA_OK ? skip_elements(c, (coch_gguf_value_type)element, count, depth) : status;
}

static cochlea_status parse_payload(cursor *c, coch_gguf_value *value)
{
    size_t length;
    value->element = value->type;
    value->count = 1;
    value->payload = c->gguf->bytes + c->at;
    if (value->type == COCH_GGUF_VALUE_STRING) {
        return take_string(c, &length, &value->string);
    }
    if (value->type != COCH_GGUF_VALUE_ARRAY) {
        return skip_numbers(c, value->type, 1);
    }
    uint32_t element;
    uint64_t count;
    cochlea_status status = take_array_head(c, &element, &count);
    if (status != COCHLEA_OK) {
        return status;
    }
    value->element = (coch_gguf_value_type)element;
    value->payload = c->gguf->bytes + c->at;
    status = skip_elements(c, value->element, count, 1);
    value->count = (size_t)count; /* elements take at least a byte each: it fits */
    return status;
}

static cochlea_status parse_value(cursor *c, coch_gguf_value *value)
{
    uint32_t type;
    cochlea_status status = take_name(c, KEY_MAX, &value->key);
    if (status != COCHLEA_OK) {
        return status;
    }
    if (!take_u32(c, &type)) {
        return fail(c, "the metadata reach past the end of the file");
    }
    if (type >= COCH_GGUF_VALUE_TYPES) {
        return fail(c, "a metadata value has an unknown type");
    }
    value->type = (coch_gguf_value_type)type;
    return parse_payload(c, value);
}

/* Dimensions come innermost first; their product must be representable in bytes. */
static cochlea_status parse_shape(cursor *c, coch_gguf_tensor *tensor)
{
    uint32_t dims;
    if (!take_u32(c, &dims) || dims < 1 || dims > COCH_GGUF_DIMS_MAX) {
        return fail(c, "a tensor does not have 1 to 4 dimensions");
    }
    tensor->dims = dims;
    tensor->count = 1;
    for (unsigned d = 0; d < COCH_GGUF_DIMS_MAX; d++) {
        tensor->shape[d] = 1;
    }
    for (unsigned d = dims; d-- > 0;) {
        uint64_t length;
        if (!take_u64(c, &length) || length == 0 || length > SIZE_MAX / sizeof(float) / tensor->count) {
            return fail(c, "a tensor has an impossible shape");
        }
        tensor->shape[d] = (size_t)length;
        tensor->count *= (size_t)length;
    }
    return COCHLEA_OK;
}

/* The offset is kept for later: where the data start is known only after the last tensor. */
static cochlea_status parse_tensor(cursor *c, coch_gguf_tensor *tensor, uint64_t *offset)
{
    uint32_t type;
    cochlea_status status = take_name(c, TENSOR_NAME_MAX, &tensor->name);
    if (status == COCHLEA_OK) {
        status = parse_shape(c, tensor);
    }
    if (status != COCHLEA_OK) {
        return status;
    }
    if (!take_u32(c, &type) || !take_u64(c, offset)) {
        return fail(c, "the tensors' table reaches past the end of the file");
    }
    if (type != COCH_GGUF_F32 && type != COCH_GGUF_F16) {
        return coch_gguf_fail(c->gguf, COCHLEA_ERROR_UNSUPPORTED, "a tensor has type %u, not F32 or F16",
                              (unsigned)type);
    }
    tensor->type = (coch_gguf_type)type;
    return COCHLEA_OK;
}

static cochlea_status parse_values(cursor *c)
{
    coch_gguf *gguf = c->gguf;
    cochlea_status status = COCHLEA_OK;
    for (size_t i = 0; i < gguf->values && status == COCHLEA_OK; i++) {
        coch_gguf_value value = {0};
        status = parse_value(c, &value);
        if (gguf->value) {
            gguf->value[i] = value;
        }
    }
    return status;
}

static cochlea_status parse_header(cursor *c)
{
    coch_gguf *gguf = c->gguf;
    const unsigned char *header = take(c, HEADER_SIZE);
    if (!header || memcmp(header, "GGUF", 4) != 0) {
        return fail(c, "not a GGUF file");
    }
    uint32_t version = coch_gguf_u32(header + 4);
    if (version != VERSION) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_UNSUPPORTED, "GGUF version %u, not 3", (unsigned)version);
    }
    uint64_t tensors = coch_gguf_u64(header + 8), values = coch_gguf_u64(header + 16);
    if (tensors > COUNT_MAX || values > COUNT_MAX ||
        tensors * TENSOR_SIZE_MIN + values * VALUE_SIZE_MIN > gguf->size - c->at) {
        return fail(c, "more tensors or metadata than the file can hold");
    }
    gguf->tensors = (size_t)tensors;
    gguf->values = (size_t)values;
    gguf->tensor = coch_arena_take(&gguf->arena, gguf->tensors, sizeof *gguf->tensor);
    gguf->value = coch_arena_take(&gguf->arena, gguf->values, sizeof *gguf->value);
    gguf->offset = coch_arena_take(&gguf->arena, gguf->tensors, sizeof *gguf->offset);
    return COCHLEA_OK;
}

/* By the specification the data are aligned to general.alignment, 32 without it. The specification allows any
 * multiple of 8; here only powers of two from 32 on are taken, so that data may be read where they lie. */
static cochlea_status find_alignment(coch_gguf *gguf, size_t *alignment)
{
    int64_t value = ALIGNMENT_DEFAULT;
    cochlea_status status = coch_gguf_integer(gguf, "general.alignment", &value);
    if (status != COCHLEA_OK && status != COCHLEA_ERROR_MISSING) {
        return coch_gguf_fail(gguf, status, "general.alignment is not an integer");
    }
    if (value < ALIGNMENT_DEFAULT || value > ALIGNMENT_MAX || (value & (value - 1)) != 0) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_UNSUPPORTED,
                              "general.alignment is not a power of two of 32 to 65536");
    }
    *alignment = (size_t)value;
    return COCHLEA_OK;
}

static size_t tensor_bytes(const coch_gguf_tensor *tensor)
{
    return tensor->count * (tensor->type == COCH_GGUF_F32 ? 4 : 2);
}

static cochlea_status place_tensor(coch_gguf *gguf, coch_gguf_tensor *tensor, uint64_t offset, size_t start,
                                   size_t alignment)
{
    size_t room = gguf->size - start;
    if (offset % alignment != 0) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_FORMAT, "tensor %s is not aligned", tensor->name);
    }
    if (offset > room || tensor_bytes(tensor) > room - offset) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_FORMAT, "tensor %s reaches past the end of the file",
                              tensor->name);
    }
    tensor->data = gguf->bytes + start + (size_t)offset;
    return COCHLEA_OK;
}

static cochlea_status check_names(coch_gguf *gguf)
{
    for (size_t i = 0; i < gguf->values; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(gguf->value[i].key, gguf->value[j].key) == 0) {
                return coch_gguf_fail(gguf, COCHLEA_ERROR_FORMAT, "two metadata named %s",
                                      gguf->value[i].key);
            }
        }
    }
    for (size_t i = 0; i < gguf->tensors; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(gguf->tensor[i].name, gguf->tensor[j].name) == 0) {
                return coch_gguf_fail(gguf, COCHLEA_ERROR_FORMAT, "two tensors named %s",
                                      gguf->tensor[i].name);
            }
        }
    }
    return COCHLEA_OK;
}

static cochlea_status check_overlap(coch_gguf *gguf)
{
    for (size_t i = 0; i < gguf->tensors; i++) {
        const coch_gguf_tensor *a = &gguf->tensor[i];
        const unsigned char *a_data = a->data;
        for (size_t j = 0; j < i; j++) {
            const coch_gguf_tensor *b = &gguf->tensor[j];
            const unsigned char *b_data = b->data;
            if (a_data < b_data + tensor_bytes(b) && b_data < a_data + tensor_bytes(a)) {
                return coch_gguf_fail(gguf, COCHLEA_ERROR_FORMAT, "tensors %s and %s overlap", b->name,
                                      a->name);
            }
        }
    }
    return COCHLEA_OK;
}

/* `size` rounded up to a multiple of `alignment`. */
static size_t aligned(size_t size, size_t alignment)
{
    return (size + alignment - 1) & ~(alignment - 1);
}

/* After the last tensor nothing may follow but the fill up to the alignment. */
static cochlea_status check_end(const cursor *c, size_t alignment)
{
    const coch_gguf *gguf = c->gguf;
    size_t end = c->at;
    for (size_t i = 0; i < gguf->tensors; i++) {
        const unsigned char *data = gguf->tensor[i].data;
        size_t tensor_end = (size_t)(data - gguf->bytes) + tensor_bytes(&gguf->tensor[i]);
        end = tensor_end > end ? tensor_end : end;
    }
    return gguf->size <= aligned(end, alignment) ? COCHLEA_OK : fail(c, "bytes follow the last tensor");
}

static cochlea_status place_tensors(const cursor *end, size_t alignment)
{
    coch_gguf *gguf = end->gguf;
    size_t start = aligned(end->at, alignment);
    if (gguf->tensors > 0 && start > gguf->size) {
        return fail(end, "the file ends before its tensors");
    }
    cochlea_status status = COCHLEA_OK;
    for (size_t i = 0; i < gguf->tensors && status == COCHLEA_OK; i++) {
        status = place_tensor(gguf, &gguf->tensor[i], gguf->offset[i], start, alignment);
    }
    return status;
}

/* What needs all tables at hand: only in the second pass. */
static cochlea_status check_whole(const cursor *end)
{
    coch_gguf *gguf = end->gguf;
    size_t alignment = ALIGNMENT_DEFAULT;
    cochlea_status status = check_names(gguf);
    if (status == COCHLEA_OK) {
        status = find_alignment(gguf, &alignment);
    }
    if (status == COCHLEA_OK) {
        status = place_tensors(end, alignment);
    }
    if (status == COCHLEA_OK) {
        status = check_overlap(gguf);
    }
    return status == COCHLEA_OK ? check_end(end, alignment) : status;
}

cochlea_status coch_gguf_parse(coch_gguf *gguf)
{
    cursor c = {gguf, 0};
    int counting = gguf->arena.base == NULL;
    cochlea_status status = parse_header(&c);
    if (status == COCHLEA_OK) {
        status = parse_values(&c);
    }
    for (size_t i = 0; i < gguf->tensors && status == COCHLEA_OK; i++) {
        coch_gguf_tensor tensor = {0};
        uint64_t offset = 0;
        status = parse_tensor(&c, &tensor, &offset);
        if (!counting) {
            gguf->tensor[i] = tensor;
            gguf->offset[i] = offset;
        }
    }
    return status == COCHLEA_OK && !counting ? check_whole(&c) : status;
}
