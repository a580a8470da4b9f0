using System.Text.Json;

namespace Attune.Text.PostProcessors;

/// <summary>Texts and special tokens in the order that a template says, each in its segment.</summary>
internal sealed class TemplateProcessing(
    IReadOnlyList<TemplatePiece> single, IReadOnlyList<TemplatePiece> pair, IReadOnlyDictionary<string, TemplateToken> tokens) : IPostProcessor
{
    public static TemplateProcessing Read(Part part)
    {
        var tokens = new Dictionary<string, TemplateToken>(StringComparer.Ordinal);
        foreach ((string name, Part token) in part.Child("special_tokens").Members())
        {
            tokens.Add(name, TemplateToken.Read(token));
        }

        return new TemplateProcessing(
            part.Children("single").ConvertAll(piece => TemplatePiece.Read(piece, tokens, isPair: false)),
            part.Children("pair").ConvertAll(piece => TemplatePiece.Read(piece, tokens, isPair: true)),
            tokens);
    }

    public int AddedCount(bool isPair) => (isPair ? pair : single).Sum(piece => piece.IsSequence ? 0 : tokens[piece.Id].Ids.Count);

    public IReadOnlyList<EncodingBuilder> Process(IReadOnlyList<EncodingBuilder> texts, bool addSpecialTokens)
    {
        var processed = new List<EncodingBuilder>();
        foreach (TemplatePiece piece in texts.Count == 1 ? single : pair)
        {
            if (piece.IsSequence)
            {
                EncodingBuilder text = texts[piece.Id == "A" ? 0 : 1];
                text.SetTypeIds(piece.TypeId);
                processed.Add(text);
            }
            else if (addSpecialTokens)
            {
                TemplateToken token = tokens[piece.Id];
                processed.Add(EncodingBuilder.OfSpecial(token.Ids, token.Tokens, piece.TypeId));
            }
        }

        return processed;
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("type", "TemplateProcessing");
        Write(json, "single", single);
        Write(json, "pair", pair);
        json.WriteStartObject("special_tokens");
        foreach ((string name, TemplateToken token) in tokens.OrderBy(token => token.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(name);
            token.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string key, IReadOnlyList<TemplatePiece> pieces)
    {
        json.WriteStartArray(key);
        foreach (TemplatePiece piece in pieces)
        {
            json.WriteStartObject();
            piece.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>A place in a template: the text A or B, or a special token by its name.</summary>
internal sealed record TemplatePiece(bool IsSequence, string Id, int TypeId)
{
    public static TemplatePiece Read(Part part, IReadOnlyDictionary<string, TemplateToken> tokens, bool isPair)
    {
        bool isSequence = part.Has("Sequence");
        Part piece = part.Child(isSequence ? "Sequence" : "SpecialToken");
        string id = piece.String("id");
        if (isSequence && id != "A" && !(isPair && id == "B"))
        {
            throw piece.Error($"there is no sequence \"{id}\" here", "it is A, or B in the template for pairs");
        }

        return isSequence || tokens.ContainsKey(id)
            ? new TemplatePiece(isSequence, id, piece.Int("type_id")) : throw piece.Error($"\"{id}\" is not among special_tokens");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject(IsSequence ? "Sequence" : "SpecialToken");
        json.WriteString("id", Id);
        json.WriteNumber("type_id", TypeId);
        json.WriteEndObject();
    }
}

/// <summary>What stands for a special token's name in a template: one token or more.</summary>
internal sealed record TemplateToken(string Id, IReadOnlyList<int> Ids, IReadOnlyList<string> Tokens)
{
    public static TemplateToken Read(Part part)
    {
        List<int> ids = part.List("ids").Select(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int value)
            && value is >= 0 and < Vocabulary.IdLimit ? value : throw part.Error("\"ids\" must be ids of tokens")).ToList();
        List<string> tokens = part.List("tokens").Select(token => token.ValueKind == JsonValueKind.String
            ? part.Text(token) : throw part.Error("\"tokens\" must be strings")).ToList();
        return ids.Count == tokens.Count ? new TemplateToken(part.String("id"), ids, tokens) : throw part.Error("\"ids\" and \"tokens\" differ in length");
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("id", Id);
        json.WriteStartArray("ids");
        foreach (int id in Ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
        json.WriteStartArray("tokens");
        foreach (string token in Tokens)
        {
            json.WriteStringValue(token);
        }

        json.WriteEndArray();
    }
}
