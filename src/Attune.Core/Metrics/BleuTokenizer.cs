namespace Attune.Metrics;

/// <summary>How BLEU splits text into words; sacrebleu's tokenizers.</summary>
public enum BleuTokenizer
{
    /// <summary>At white space alone.</summary>
    None,

    /// <summary>mteval-v13a: punctuation and symbols of ASCII stand alone, but periods and commas between digits do not.</summary>
    Mteval13a,

    /// <summary>mteval-v14's international form: the same with Unicode's punctuation and symbols.</summary>
    International,

    /// <summary>Every character is a word.</summary>
    Character,

    /// <summary>Every Chinese character is a word, the rest as in mteval-v13a.</summary>
    Chinese,
}
