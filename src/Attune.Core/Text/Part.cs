using System.Text.Json;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text;

/// <summary>An object of tokenizer.json: a part of the pipeline with its settings, read with errors that name the place.</summary>
internal readonly struct Part
{
    private readonly JsonElement element;
    private readonly string file;
    private readonly string path;

    public Part(JsonElement element, string file, string path)
    {
        this.element = element;
        this.file = file;
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error("an object is expected");
        }
    }

    /// <summary>The part's name.</summary>
    public string Type => String("type");

    /// <summary>The path of this object in its file.</summary>
    public string Path => path;

    /// <summary>An error at this object.</summary>
    public FormatException Error(string problem, string? cure = null) => new(file, -1, $"{path}: {problem}", cure);

    /// <summary>An error for a part whose name is not known.</summary>
    public FormatException Unknown(string kind) => new(file, -1, $"{path}: unknown {kind} \"{Type}\"");

    public bool Has(string key) => element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    public bool IsString(string key) => Has(key) && element.GetProperty(key).ValueKind == JsonValueKind.String;

    public string String(string key) => StringOrNull(key) ?? throw Error($"\"{key}\" is missing");

    public string? StringOrNull(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        JsonElement value = element.GetProperty(key);
        return value.ValueKind == JsonValueKind.String ? Text(value) : throw Error($"\"{key}\" must be a string");
    }

    /// <summary>A single code point.</summary>
    public string Character(string key)
    {
        string text = String(key);
        return text.Length > 0 && CodePoints.LengthAt(text, 0) == text.Length ? text : throw Error($"\"{key}\" must be one character");
    }

    public bool Bool(string key) => BoolOrNull(key) ?? throw Error($"\"{key}\" is missing");

    public bool Bool(string key, bool otherwise) => BoolOrNull(key) ?? otherwise;

    public bool? BoolOrNull(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        JsonElement value = element.GetProperty(key);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Error($"\"{key}\" must be true or false"),
        };
    }

    public int Int(string key) => IntOrNull(key) ?? throw Error($"\"{key}\" is missing");

    /// <summary>A number that is not negative.</summary>
    public int? IntOrNull(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        JsonElement value = element.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0
            ? number : throw Error($"\"{key}\" must be a whole number from 0 to {int.MaxValue}");
    }

    /// <summary>An id of a token.</summary>
    public int Id(string key)
    {
        int id = Int(key);
        return id < Vocabulary.IdLimit ? id : throw Error($"\"{key}\" must be less than {Vocabulary.IdLimit} (got {id})");
    }

    public double? NumberOrNull(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        JsonElement value = element.GetProperty(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number : throw Error($"\"{key}\" must be a number");
    }

    public Part Child(string key) =>
        Has(key) ? new Part(element.GetProperty(key), file, $"{path}.{key}") : throw Error($"\"{key}\" is missing");

    /// <summary>The objects of a list.</summary>
    public List<Part> Children(string key)
    {
        var children = new List<Part>();
        foreach (JsonElement child in List(key))
        {
            children.Add(new Part(child, file, $"{path}.{key}[{children.Count}]"));
        }

        return children;
    }

    /// <summary>The values of a list.</summary>
    public IEnumerable<JsonElement> List(string key) => Has(key) && element.GetProperty(key).ValueKind == JsonValueKind.Array
        ? element.GetProperty(key).EnumerateArray() : throw Error($"\"{key}\" must be a list");

    /// <summary>The members of this object.</summary>
    public List<(string Key, Part Value)> Members()
    {
        var members = new List<(string, Part)>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            members.Add((Name(member), new Part(member.Value, file, $"{path}.{Name(member)}")));
        }

        return members;
    }

    /// <summary>The names of this object's members.</summary>
    public List<string> Keys()
    {
        var keys = new List<string>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            keys.Add(Name(member));
        }

        return keys;
    }

    /// <summary>A token with its id: <c>["[SEP]", 102]</c>.</summary>
    public (string Token, int Id) TokenAndId(string key)
    {
        List<JsonElement> pair = List(key).ToList();
        return pair.Count == 2 && pair[0].ValueKind == JsonValueKind.String && pair[1].ValueKind == JsonValueKind.Number
            && pair[1].TryGetInt32(out int id) && id is >= 0 and < Vocabulary.IdLimit
            ? (Text(pair[0]), id) : throw Error($"\"{key}\" must be a list of a token and its id");
    }

    /// <summary>A string of the file; one that is not UTF-16 (half a surrogate pair escaped) is refused.</summary>
    public string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(file, -1, $"{path}: a string is not valid Unicode", inner: e);
        }
    }

    private string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(file, -1, $"{path}: a name is not valid Unicode", inner: e);
        }
    }
}
