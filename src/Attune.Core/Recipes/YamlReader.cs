using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Attune.Recipes;

/// <summary>
/// YAML text to nodes with line and column. Only what a recipe needs: one document of maps, lists and scalars. Anchors, aliases
/// and tags (which can make a few bytes mean gigabytes, or types) are refused, and so are keys given twice.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>The most bytes of UTF-8 that a recipe may have.</summary>
    internal const int MostBytes = 256 * 1024;

    /// <summary>The most maps and lists that may lie within each other.</summary>
    internal const int MostDepth = 32;

    private readonly string file;
    private readonly bool locate;
    private readonly Parser parser;

    private YamlReader(string text, string file, bool locate)
    {
        this.file = file;
        this.locate = locate;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>Reads a file of YAML.</summary>
    /// <exception cref="AttuneException">It is absent, too large, not UTF-8, or not YAML of this kind.</exception>
    public static RecipeNode ReadFile(string path)
    {
        byte[] bytes = new byte[MostBytes + 1];
        int count;
        try
        {
            using FileStream stream = File.OpenRead(path);
            count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AttuneException(ExitCode.MissingInput, path, "there is no such file", "give the path of a recipe (a .yaml file)", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string problem = Directory.Exists(path) ? "is a folder" : "cannot be read: " + e.Message;
            throw new AttuneException(ExitCode.MissingInput, path, problem, "give the path of a recipe (a .yaml file)", e);
        }

        if (count > MostBytes)
        {
            throw TooLarge(path);
        }

        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException e)
        {
            throw new AttuneException(ExitCode.Usage, path, $"is not UTF-8 text (byte {e.Index})", "save it as UTF-8", e);
        }

        return Read(text, path);
    }

    /// <summary>Reads YAML.</summary>
    /// <param name="text">The text.</param>
    /// <param name="file">What places say.</param>
    /// <param name="locate">Whether places have line and column.</param>
    /// <exception cref="AttuneException">It is too large or not YAML of this kind.</exception>
    public static RecipeNode Read(string text, string file, bool locate = true)
    {
        if (Encoding.UTF8.GetByteCount(text) > MostBytes)
        {
            throw TooLarge(file);
        }

        try
        {
            return new YamlReader(text.TrimStart('\uFEFF'), file, locate).Document();
        }
        catch (YamlException e)
        {
            var place = new RecipePlace(file, locate ? (int)e.Start.Line : 0, locate ? (int)e.Start.Column : 0);
            throw new AttuneException(ExitCode.Usage, place.ToString(), "is not YAML: " + Reason(e), inner: e);
        }
    }

    private static AttuneException TooLarge(string file) =>
        new(ExitCode.Usage, file, $"is larger than {MostBytes / 1024} KB", "a recipe is a short text: is this the right file?");

    private static string Reason(YamlException e)
    {
        string reason = e.Message.TrimEnd('.').ReplaceLineEndings(" ");
        return reason.Length == 0 ? "the parser gives no reason" : char.ToLowerInvariant(reason[0]) + reason[1..];
    }

    private RecipeNode Document()
    {
        Expect<StreamStart>();
        if (Next() is StreamEnd)
        {
            return new RecipeScalar(new RecipePlace(file, locate ? 1 : 0, locate ? 1 : 0), "", quoted: false);
        }

        RecipeNode root = Node(Next(), 0);
        Expect<DocumentEnd>();
        ParsingEvent end = Next();
        return end is StreamEnd ? root : throw Refuse(end, "a second document begins here", "a recipe is one document: remove the line ---");
    }

    private void Expect<T>()
        where T : ParsingEvent
    {
        ParsingEvent found = Next();
        if (found is not T)
        {
            throw Refuse(found, $"expected {typeof(T).Name}, found {found.GetType().Name}", null);
        }
    }

    private ParsingEvent Next()
    {
        try
        {
            if (parser.MoveNext() && parser.Current is { } current)
            {
                return current;
            }
        }
        catch (InvalidOperationException e)
        {
            // What the parser throws instead of its own exception where a plain text ends in an unexpected place.
            RecipePlace after = parser.Current is { } last ? Place(last) : new RecipePlace(file, 0, 0);
            throw new AttuneException(ExitCode.Usage, after.ToString(), "what follows this is not YAML", "put text with colons, brackets or braces in quotes", e);
        }

        throw new AttuneException(ExitCode.Usage, file, "is not YAML: it ends too early");
    }

    private RecipeNode Node(ParsingEvent current, int depth)
    {
        if (current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            throw Refuse(current, "anchors (&) and aliases (*) are not allowed in a recipe", "write the value out, or put it in quotes if it is text");
        }

        if (current is NodeEvent { Tag.IsEmpty: false })
        {
            throw Refuse(current, "tags (!) are not allowed in a recipe", "leave it out, or put the value in quotes if it is text");
        }

        if (depth == MostDepth && current is (MappingStart or SequenceStart))
        {
            throw Refuse(current, $"more than {MostDepth} maps and lists lie within each other", null);
        }

        switch (current)
        {
            case Scalar scalar:
                return new RecipeScalar(Place(scalar), WholeText(scalar), quoted: scalar.Style != ScalarStyle.Plain);

            case SequenceStart:
                List<RecipeNode> items = [];
                for (ParsingEvent item = Next(); item is not SequenceEnd; item = Next())
                {
                    items.Add(Node(item, depth + 1));
                }

                return new RecipeList(Place(current), items);

            case MappingStart:
                return Map(current, depth);

            default:
                throw Refuse(current, "a value is missing here", null);
        }
    }

    private RecipeMap Map(ParsingEvent start, int depth)
    {
        List<RecipeEntry> entries = [];
        Dictionary<string, RecipePlace> seen = [];
        for (ParsingEvent key = Next(); key is not MappingEnd; key = Next())
        {
            if (Node(key, depth + 1) is not RecipeScalar { Text: var name, Place: var place })
            {
                throw Refuse(key, "a key must be a word, not a list or a map", "put text with brackets or braces in quotes");
            }

            if (!seen.TryAdd(name, place))
            {
                string first = locate ? $" (first on line {seen[name].Line})" : "";
                throw Refuse(key, $"the key {name} is given twice{first}", "keep one of them");
            }

            entries.Add(new RecipeEntry(name, place, Node(Next(), depth + 1)));
        }

        return new RecipeMap(Place(start), entries);
    }

    private string WholeText(Scalar scalar)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(scalar.Value);
        }
        catch (EncoderFallbackException)
        {
            throw Refuse(scalar, "the text holds half of a surrogate pair, which is no character", "remove the \\u escape");
        }

        return scalar.Value;
    }

    private RecipePlace Place(ParsingEvent found) =>
        new(file, locate ? (int)found.Start.Line : 0, locate ? (int)found.Start.Column : 0);

    private AttuneException Refuse(ParsingEvent found, string problem, string? cure) =>
        new(ExitCode.Usage, Place(found).ToString(), problem, cure);
}
