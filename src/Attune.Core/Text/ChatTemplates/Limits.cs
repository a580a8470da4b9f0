namespace Attune.Text.ChatTemplates;

/// <summary>What a template may ask for. A template comes with a model from elsewhere: it must not be able to hang or fill the process.</summary>
internal static class Limits
{
    /// <summary>Characters of a template's source.</summary>
    public const int TemplateLength = 64 * 1024;

    /// <summary>How deep blocks and brackets may be nested in the source.</summary>
    public const int Nesting = 64;

    /// <summary>How many operations may be chained on one value, and how deep a tree of nodes may be for any other reason.</summary>
    public const int TreeDepth = 400;

    /// <summary>How deep evaluations may be nested while rendering: macros that call themselves end here.</summary>
    public const int CallDepth = 1000;

    /// <summary>How deep lists and dicts may be nested.</summary>
    public const int ValueDepth = 100;

    /// <summary>Decimal digits of an integer, as in Python.</summary>
    public const int NumberDigits = 4300;

    /// <summary>Elements of a range, as in Jinja2's sandbox.</summary>
    public const int RangeLength = 100_000;

    /// <summary>Steps of a rendering besides those for its input.</summary>
    public const long Steps = 50_000;

    /// <summary>Further steps for each value (message, field, text, …) of the input.</summary>
    public const long StepsPerValue = 1000;

    /// <summary>Characters of the output, and of any text on the way, besides those for the input.</summary>
    public const int OutputLength = 64 * 1024;

    /// <summary>Further characters of the output for each character of the template and the input.</summary>
    public const int OutputPerCharacter = 4;

    /// <summary>Characters written altogether, in texts that are thrown away too, for each that the output may have.</summary>
    public const long WrittenPerOutput = 256;
}
