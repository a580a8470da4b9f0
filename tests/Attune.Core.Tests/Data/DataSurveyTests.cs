using System.Text.Json;

namespace Attune.Data;

/// <summary>What is found in data before a recipe is written for it.</summary>
public sealed class DataSurveyTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("question;answer", "chat", "user: {question}, assistant: {answer}")]
    [InlineData("id,questionText,answerText", "chat", "user: {questionText}, assistant: {answerText}")]
    [InlineData("Instruction,Response", "chat", "user: {Instruction}, assistant: {Response}")]
    [InlineData("instruction,output", "chat", "")]
    [InlineData("instruction,input,response", "chat", "user: {instruction}\n{input}, assistant: {response}")]
    [InlineData("prompt,completion", "chat", "")]
    [InlineData("context,question,answer", "chat", "user: {context}\n\n{question}, assistant: {answer}")]
    [InlineData("system_prompt,query,response", "chat", "system: {system_prompt}, user: {query}, assistant: {response}")]
    [InlineData("text,label*", "text-classification", "")]
    [InlineData("review,sentiment*", "text-classification", "text: {review}, label: {sentiment}")]
    [InlineData("Review Text,star_rating*", "text-classification", "text: {Review Text}, label: {star_rating}")]
    [InlineData("text,category*,author", "text-classification", "text: {text}, label: {category}")]
    [InlineData("premise,hypothesis,label*", "text-classification", "text: {premise}, text_pair: {hypothesis}, label: {label}")]
    [InlineData("utterance,intent*", "text-classification", "text: {utterance}, label: {intent}")]
    [InlineData("spalte,art*", "text-classification", "text: {spalte}, label: {art}")]
    [InlineData("frage,antwort", "chat", "user: {frage}, assistant: {antwort}")]
    [InlineData("text", "text", "")]
    [InlineData("story", "text", "text: {story}")]
    public void Columns_tell_the_task_and_their_mapping(string columns, string task, string map)
    {
        char separator = columns.Contains(';') ? ';' : ',';
        string[] names = columns.Split(separator);
        string rows = string.Concat(Enumerable.Range(0, 24).Select(i => string.Join(separator, names.Select(name => Value(name, i))) + "\n"));
        DataSurvey survey = DataSurvey.Of(folder.Write("a.csv", columns.Replace("*", "", StringComparison.Ordinal) + "\n" + rows), null);
        Assert.Equal((task, map), (survey.Guess.Task, string.Join(", ", survey.Guess.Map.Select(column => $"{column.Role}: {column.Template}"))));
        Assert.Equal(24, survey.Rows[Split.Train]);
        Assert.Equal(task == "text-classification" ? ["bad", "fine", "good"] : [], survey.Labels.Keys);
    }

    [Theory]
    [InlineData("""{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", "chat", "")]
    [InlineData("""{"talk": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", "chat", "messages: {talk}")]
    [InlineData("""{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}""", "chat", "")]
    public void Lists_of_messages_are_conversations(string json, string task, string map)
    {
        DataSurvey survey = DataSurvey.Of(folder.Write("a.jsonl", json + "\n" + json + "\n"), null);
        Assert.Equal((task, map), (survey.Guess.Task, string.Join(", ", survey.Guess.Map.Select(column => $"{column.Role}: {column.Template}"))));
        Assert.Equal((2L, 1), (survey.Rows[Split.Train], survey.Distinct));
    }

    [Fact]
    public void A_task_that_is_asked_for_is_served_or_refused()
    {
        string reviews = folder.Write("a.csv", "review,sentiment\n"
            + string.Concat(Enumerable.Range(0, 8).Select(i => $"a film of the year {i},{(i % 2 == 0 ? "pos" : "neg")}\n")));
        Assert.Equal("user: {review}, assistant: {sentiment}",
            string.Join(", ", DataSurvey.Of(reviews, "chat").Guess.Map.Select(column => $"{column.Role}: {column.Template}")));
        Assert.Equal("{review}", Assert.Single(DataSurvey.Of(reviews, "text").Guess.Map).Template);
        string story = folder.Write("b.jsonl", string.Concat(Enumerable.Range(0, 8).Select(i => JsonSerializer.Serialize(new { story = $"once {i}" })
            + "\n")));
        Assert.Contains("a text and a label", Assert.Throws<AttuneException>(() => DataSurvey.Of(story, "text-classification")).Cure);
    }

    [Fact]
    public void Settings_follow_from_rows_and_lengths()
    {
        SurveyAdvice few = SurveyAdvice.Of(Survey(8, 100), null, null);
        Assert.Equal((10, 2, 0.0, 0.0, false), (few.Epochs, few.BatchSize, few.Validation, few.Test, few.HasValidation));
        Assert.Equal(64, few.MaxTokens);
        Assert.Contains("estimated", few.WhyTokens);
        SurveyAdvice some = SurveyAdvice.Of(Survey(100, 100), [10, 70], 512);
        Assert.Equal((5, 4, 0.2, 0.0, 96), (some.Epochs, some.BatchSize, some.Validation, some.Test, some.MaxTokens));
        SurveyAdvice many = SurveyAdvice.Of(Survey(3_000, 10_000), [.. Enumerable.Repeat(100, 99), 4_000], 512);
        Assert.Equal((3, 16, 0.1, 0.1, 512), (many.Epochs, many.BatchSize, many.Validation, many.Test, many.MaxTokens));
        Assert.Contains("1 % of the rows are cut", many.WhyTokens);
    }

    [Fact]
    public void Rows_that_are_all_the_same_are_not_held_back()
    {
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("{\"text\": \"the same\"}\n", 500)));
        Assert.Equal(0, SurveyAdvice.Of(DataSurvey.Of(path, null), null, null).Validation);
    }

    [Fact]
    public void Files_called_after_splits_need_no_shares()
    {
        Survey(300, 50);
        File.Move(Path.Combine(folder.Path, "a.jsonl"), Path.Combine(folder.Path, "train.jsonl"));
        folder.Write("validation.jsonl", "{\"text\": \"v\"}\n");
        SurveyAdvice advice = SurveyAdvice.Of(DataSurvey.Of(folder.Path, null), null, null);
        Assert.Equal((0.0, 0.1, true), (advice.Validation, advice.Test, advice.HasValidation));
    }

    [Fact]
    public void Long_documents_are_read_in_parts()
    {
        Assert.Equal(TextUnit.Paragraph, DataSurvey.Of(folder.Write("a.txt", "one\n\ntwo\n\nthree\n"), null).TextUnit);
        Assert.Equal(3, DataSurvey.Of(folder.Write("a.txt", "one\n\ntwo\n\nthree\n"), null).Rows[Split.Train]);
        Assert.Equal(TextUnit.Line, DataSurvey.Of(folder.Write("a.txt", "one\ntwo\n"), null).TextUnit);
    }

    [Fact]
    public void Data_that_cannot_be_read_is_told()
    {
        Assert.Throws<BadDataException>(() => DataSurvey.Of(folder.Write("a.jsonl", "no json\nat all\n"), null));
        Assert.Throws<AttuneException>(() => DataSurvey.Of(folder.Write("b.jsonl", ""), null));
        DataSurvey survey = DataSurvey.Of(folder.Write("c.jsonl", "{\"text\": \"a\"}\nno json\n"), null);
        Assert.Equal(2, Assert.Single(survey.Bad.Rows).Line);
    }

    private DataSurvey Survey(int rows, int characters) => DataSurvey.Of(folder.Write("a.jsonl",
        string.Concat(Enumerable.Range(0, rows).Select(i => $"{{\"text\": \"{(i + " ").PadRight(characters, 'x')}\"}}\n"))), null);

    private static string Value(string name, int i)
    {
        string[] labels = ["bad", "fine", "good"];
        string text = $"{name} number {i} says what it has to say";
        return name == "id" ? $"{i}" : name.EndsWith('*') ? labels[i % 3] : text;
    }
}
