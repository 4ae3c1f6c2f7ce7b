package dev.plimsoll.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.fabric8.kubernetes.api.model.Affinity;
import java.io.IOException;

/**
 * Reads an affinity, of which the schema says nothing. One that is none is kept as it was written, as fields that nobody
 * knows: an object that cannot be read would end the watch of all.
 */
final class LenientAffinity extends StdDeserializer<Affinity> {
    private static final long serialVersionUID = 1;

    LenientAffinity() {
        super(Affinity.class);
    }

    @Override
    public Affinity deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        JsonNode written = context.readTree(parser);
        try {
            return context.readTreeAsValue(written, Affinity.class);
        } catch (JsonMappingException e) {
            Affinity unread = new Affinity();
            written.properties().forEach(field -> unread.setAdditionalProperty(field.getKey(), field.getValue()));
            return unread;
        }
    }
}
