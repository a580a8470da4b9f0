using System.Text.Json;

namespace Attune.Text.Patterns;

/// <summary>A pattern as tokenizer.json writes it: <c>{"String": "…"}</c> or <c>{"Regex": "…"}</c>.</summary>
internal sealed class PatternText
{
    private readonly string text;
    private readonly bool isRegex;

    private PatternText(string text, bool isRegex, IPattern pattern)
    {
        this.text = text;
        this.isRegex = isRegex;
        Pattern = pattern;
    }

    public IPattern Pattern { get; }

    /// <summary>Reads the member <c>pattern</c>.</summary>
    public static PatternText Read(Part part)
    {
        Part pattern = part.Child("pattern");
        return pattern.Has("Regex") ? OfRegex(pattern.String("Regex"), pattern) : OfString(pattern.String("String"));
    }

    public static PatternText OfString(string text) => new(text, false, new LiteralPattern(text));

    /// <summary>A regular expression; widely used ones have matchers of their own.</summary>
    public static PatternText OfRegex(string text, Part? place = null)
    {
        IPattern? pattern = text switch
        {
            Gpt2Pattern.Text => new Gpt2Pattern(),
            _ when text == Gpt4Pattern.Text(@"\p{N}") => new Gpt4Pattern(1),
            _ when text == Gpt4Pattern.Text(@"\p{N}{1,3}") => new Gpt4Pattern(3),
            _ when text == Gpt4Pattern.Text(@"\p{N}+") => new Gpt4Pattern(int.MaxValue),
            _ => null,
        };
        try
        {
            return new PatternText(text, true, pattern ?? new RegexPattern(text));
        }
        catch (AttuneException e) when (place is not null)
        {
            throw place.Value.Error(e.Problem);
        }
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("pattern");
        json.WriteString(isRegex ? "Regex" : "String", text);
        json.WriteEndObject();
    }
}
